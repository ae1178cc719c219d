namespace BuildData.Resources.Logs.Chunks;

/// <summary>Represents some lines of a log as they are stored.</summary>
/// <param name="LineCount">The number of lines.</param>
/// <param name="TextLength">The size of the text in UTF-8, in bytes.</param>
/// <param name="Encoding">How the content is stored.</param>
/// <param name="Content">The content.</param>
internal sealed record EncodedChunk(long LineCount, int TextLength, ChunkEncoding Encoding, byte[] Content);
