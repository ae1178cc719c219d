using System.Buffers;
using System.Text;
using BuildData.Resources.Logs.Chunks;
using BuildData.Resources.Logs.Writing;
using BuildData.Torture.Fuzzing.Running;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>
/// Logs: the text of a step comes from programs of strangers. Lines that are encoded, stored and read are the same, whatever the bytes, and however they are
/// cut into pieces. A stored chunk that is damaged gets <see cref="StoreException"/>. <see cref="AnsiText.Strip"/> leaves no escape sequence.
/// </summary>
/// <remarks>The first byte chooses what the rest is.</remarks>
internal sealed class LogTarget : IFuzzTarget
{
    private const byte LineEnd = (byte)'\n';

    private readonly SmallStores _stores = new();

    /// <inheritdoc/>
    public IReadOnlyList<string> Words { get; } =
    [
        "\n", "\r", "\r\n", "o", "e", "h", "\u001b[31m", "\u001b]8;;http://x\a", "\u001b\\", "\u001b", "\u009b", "\u0090", "\u009c", "\u0018", "[", "\u001bP", "ä", "€", "😀", "\ud83d", "\ude00", "İ", "ß", "ſ", "K", "\u0000",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];

    /// <inheritdoc/>
    public IEnumerable<byte[]> Seeds =>
    [
        .. new[]
        {
            "lofirst\nesecond ä\nhthird\n", "l\n", "lno end", "l\r\n\n\n", "lo\ud83d\n", "a\u001b[31mred\u001b[0m", "a\u001b]8;;http://x\alink\u001b]8;;\a", "a\u001bPx\u001b\\y\u009b1;2mz", "p\u0003one\ntwo\nthree",
            "p\u0001😀\n\ud83d\ude00\n", "lab\noxabx\nABab\n", "lİ\nİi\n", "p\u0001K\nk\u212a\n",
        }.ToInputs(),
        [(byte)'c', 0, 4, 0, (byte)'a', (byte)'b', (byte)'c', (byte)'\n'],
        [(byte)'c', 1, 100, 0, .. ChunkCompression.Compress("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"u8, 5).Content],
        [(byte)'c', 0, 0xFF, 0xFF, (byte)'a'],
        [(byte)'l', 0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF0, 0x9F, LineEnd],
    ];

    /// <inheritdoc/>
    public Task Open() => _stores.Open();

    /// <inheritdoc/>
    public async Task Run(byte[] input)
    {
        switch (input)
        {
            case [(byte)'c', var encoding, var low, var high, .. var content]:
                await CheckChunk((ChunkEncoding)encoding, (short)(low | (high << 8)), content);
                break;
            case [(byte)'l', .. var lines]:
                CheckEncoding(lines);
                CheckText(InputText.ToUtf16(lines));
                break;
            case [(byte)'a', .. var text]:
                CheckAnsi(InputText.ToUtf16(text));
                break;
            case [(byte)'p', var size, .. var text]:
                CheckPieces(text, size);
                CheckUtf8Pieces(InputText.ToUtf16(text), size);
                break;
        }
    }

    /// <inheritdoc/>
    public async Task RunThoroughly(byte[] input)
    {
        if (input is not [(byte)'l' or (byte)'p', var size, .. var content])
            return;
        await StoredLog.Check(_stores.Data, content, size);
        if (_stores.PostgreSqlData is { } other)
            await StoredLog.Check(other, content, size);
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static async Task CheckChunk(ChunkEncoding encoding, int length, byte[] content)
    {
        var chunk = new StoredChunk(0, 0, length, encoding, content);
        var text = new ArrayBufferWriter<byte>();
        try
        {
            await chunk.WriteTextTo(text, 1, outside: null, CancellationToken.None);
        }
        catch (StoreException)
        {
            return;
        }

        Promise.Holds(text.WrittenCount == length, "A chunk has the length that is stored.");
    }

    private static void CheckEncoding(byte[] lines)
    {
        EncodedLines encoded;
        try
        {
            encoded = LogEncoder.Encode(lines, "lines");
        }
        catch (ArgumentException) when (lines is not [.., LineEnd])
        {
            return;
        }

        byte[] expected = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(lines));
        Promise.Holds(Decode(encoded).AsSpan().SequenceEqual(expected), "Lines that are encoded and decoded are the same, with U+FFFD for what is no UTF-8.");
        Promise.Holds(encoded.LineCount == lines.Count(b => b == LineEnd) && encoded.TextLength == expected.Length, "The numbers of lines and bytes are true.");
        Promise.Holds((encoded.ReplacedCount == 0) == lines.AsSpan().SequenceEqual(expected), "What was replaced is counted.");
    }

    private static void CheckText(string lines)
    {
        EncodedLines encoded;
        try
        {
            encoded = LogEncoder.Encode(lines, "lines");
        }
        catch (ArgumentException) when (!lines.EndsWith('\n'))
        {
            return;
        }

        Promise.Holds(Decode(encoded).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(lines)), "A text that is encoded and decoded is the same.");
    }

    private static byte[] Decode(EncodedLines lines)
    {
        var all = new List<byte>();
        foreach (EncodedChunk chunk in lines.Chunks)
        {
            byte[] text = new byte[chunk.TextLength];
            Promise.Holds(ChunkCompression.TryDecompress(chunk.Encoding, chunk.Content, text), "A chunk can be decoded.");
            Promise.Holds(text.LongCount(b => b == LineEnd) == chunk.LineCount && text[^1] == LineEnd, "A chunk has whole lines.");
            all.AddRange(text);
        }

        return [.. all];
    }

    private static void CheckAnsi(string text)
    {
        string stripped = AnsiText.Strip(text);
        Promise.Holds(!stripped.Contains('\u001b', StringComparison.Ordinal) && !stripped.Contains('\u009b', StringComparison.Ordinal), "No escape sequence is left.");
        int at = 0;
        foreach (char c in stripped)
        {
            at = text.IndexOf(c, at) + 1;
            Promise.Holds(at > 0, "What is left was there before, in this order.");
        }

        Promise.Holds(AnsiText.Strip(stripped) == stripped, "Nothing more is removed the second time.");
    }

    // However a text is cut into pieces, its lines are the same.
    private static void CheckPieces(byte[] text, byte size)
    {
        foreach (byte? letter in new byte?[] { null, (byte)'o' })
        {
            byte[] whole = Lines(text, Math.Max(text.Length, 1), letter);
            Promise.Holds(Lines(text, size + 1, letter).AsSpan().SequenceEqual(whole), "The lines of the pieces of a text are those of the text.");
            int letters = letter is null ? 0 : whole.Count(b => b == LineEnd);
            int end = text is [] or [.., LineEnd] ? 0 : 1;
            Promise.Holds(whole.Length == text.Length + letters + end, "All bytes of a text are in its lines.");
        }

        _ = Lines(text, size + 1, letter: null, maxSize: size);
    }

    private static byte[] Lines(byte[] text, int size, byte? letter, long? maxSize = null)
    {
        var buffer = new LineBuffer(maxSize, letter);
        var line = new PartialLine(letter);
        foreach (byte[] piece in text.Chunk(size))
            buffer.Add(line, piece);
        buffer.EndLine(line);
        byte[] lines = buffer.Take(new ArrayBufferWriter<byte>()).WrittenSpan.ToArray();
        Promise.Holds(buffer.IsCut || (buffer.DroppedBytes == 0 && buffer.TotalLength == lines.Length), "Nothing is dropped from a log that was not cut.");
        Promise.Holds(!buffer.IsCut || text.Length <= lines.Length + buffer.DroppedBytes, "Bytes that were dropped are counted.");
        return lines;
    }

    private static void CheckUtf8Pieces(string text, byte size)
    {
        Promise.Holds(Convert(text, size + 1).AsSpan().SequenceEqual(Convert(text, Math.Max(text.Length, 1))), "The bytes of the pieces of a text are those of the text.");
    }

    private static byte[] Convert(string text, int size)
    {
        var pieces = new Utf8Pieces();
        var all = new List<byte>();
        foreach (char[] piece in text.Chunk(size))
        {
            byte[] bytes = new byte[Utf8Pieces.MaxLength(piece.Length)];
            all.AddRange(bytes.AsSpan(0, pieces.Convert(piece, bytes)));
        }

        if (pieces.Reset())
            all.Add(Utf8Pieces.LoneSurrogate);
        return [.. all];
    }
}
