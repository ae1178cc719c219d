using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using BuildData.Stores;

namespace BuildData.Copying;

/// <summary>Computes a checksum of rows that is the same for every store. Not thread-safe.</summary>
/// <remarks>
/// Each value is hashed as a byte for its kind, followed by the number with 8 bytes, or by the length and the bytes (those of a text are in UTF-8). So
/// no two different lists of rows are hashed as the same bytes.
/// </remarks>
internal sealed class RowHash : IDisposable
{
    // The checksum is shown to people. 128 bits are enough to find every accidental difference.
    private const int ChecksumBytes = 16;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = new byte[64 * 1024];
    private int _length;

    /// <summary>Adds values.</summary>
    public void Add(ReadOnlySpan<SqlValue> values)
    {
        foreach (SqlValue value in values)
            Add(value);
    }

    /// <summary>Adds a value.</summary>
    public void Add(SqlValue value)
    {
        int maxBytes = 1 + sizeof(long) + (value.Text is null ? value.Bytes.Length : Encoding.UTF8.GetMaxByteCount(value.Text.Length));
        if (_buffer.Length - _length < maxBytes)
        {
            Flush();
            if (_buffer.Length < maxBytes)
                _buffer = new byte[maxBytes];
        }

        Span<byte> target = _buffer.AsSpan(_length);
        target[0] = (byte)value.Kind;
        _length++;
        if (value.Kind == SqlValueKind.Number)
        {
            BinaryPrimitives.WriteInt64LittleEndian(target[1..], value.Number);
            _length += sizeof(long);
        }
        else if (value.Kind == SqlValueKind.Text)
        {
            int bytes = Encoding.UTF8.GetBytes(value.Text!, target[(1 + sizeof(long))..]);
            BinaryPrimitives.WriteInt64LittleEndian(target[1..], bytes);
            _length += sizeof(long) + bytes;
        }
        else if (value.Kind == SqlValueKind.Bytes)
        {
            BinaryPrimitives.WriteInt64LittleEndian(target[1..], value.Bytes.Length);
            value.Bytes.Span.CopyTo(target[(1 + sizeof(long))..]);
            _length += sizeof(long) + value.Bytes.Length;
        }
    }

    /// <summary>Returns the checksum of all values that were added, as 32 hexadecimal digits. Removes the values.</summary>
    public string Finish()
    {
        Flush();
        return Convert.ToHexStringLower(_hash.GetHashAndReset().AsSpan(0, ChecksumBytes));
    }

    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _length);
        _length = 0;
    }
}
