using System.Buffers;

namespace BuildData.Resources.Logs.Writing;

/// <summary>Holds the beginning of a line of one stream, until the line is completed.</summary>
/// <param name="letter">The letter of the stream of a stdio log; null for other logs.</param>
internal sealed class PartialLine(byte? letter)
{
    // A buffer that had a very long line is not kept.
    private const int MaxKeptCapacity = 64 * 1024;

    private ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Gets the letter of the stream; null if lines have no letter.</summary>
    public byte? Letter => letter;

    /// <summary>Gets the number of bytes, without the letter.</summary>
    public int Length => _bytes.WrittenCount;

    /// <summary>Gets the bytes, without the letter.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Gets or sets whether the line is one that is dropped, and is not complete.</summary>
    public bool IsDropped { get; set; }

    public void Append(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void Clear()
    {
        if (_bytes.Capacity > MaxKeptCapacity)
            _bytes = new ArrayBufferWriter<byte>();
        else
            _bytes.ResetWrittenCount();
    }
}
