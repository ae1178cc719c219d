using System.IO.Compression;
using System.Text;

namespace BuildData.Torture.Upgrade.Old;

/// <summary>A log and its lines.</summary>
/// <param name="Log">The log.</param>
/// <param name="BuilderId">The builder of its build.</param>
/// <param name="Chunks">The lines, as they are stored.</param>
internal sealed record OldLog(StepLog Log, long BuilderId, OldChunk[] Chunks)
{
    /// <summary>Gets the text of all lines.</summary>
    public string Text => string.Concat(Chunks.Select(chunk => chunk.Text));

    public long StoredBytes => Chunks.Sum(chunk => (long)chunk.Content.Length);
}

/// <summary>Some lines of a log.</summary>
/// <param name="FirstLine">The number of the first one.</param>
/// <param name="Text">The lines.</param>
/// <param name="IsCompressed">Whether they are stored compressed.</param>
internal sealed record OldChunk(long FirstLine, string Text, bool IsCompressed)
{
    public long LastLine => FirstLine + Text.Count(character => character == '\n') - 1;

    public byte[] Content { get; } = IsCompressed ? Compress(Encoding.UTF8.GetBytes(Text)) : Encoding.UTF8.GetBytes(Text);

    private static byte[] Compress(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var brotli = new BrotliStream(stream, CompressionLevel.Fastest))
            brotli.Write(bytes);
        return stream.ToArray();
    }
}
