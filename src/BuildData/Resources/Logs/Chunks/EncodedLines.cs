namespace BuildData.Resources.Logs.Chunks;

/// <summary>Represents lines that are ready to be added to a log.</summary>
/// <param name="Chunks">The chunks, in order.</param>
/// <param name="LineCount">The number of lines.</param>
/// <param name="TextLength">The size of the text in UTF-8, in bytes.</param>
/// <param name="ReplacedCount">The number of invalid sequences that were replaced.</param>
internal sealed record EncodedLines(IReadOnlyList<EncodedChunk> Chunks, long LineCount, long TextLength, long ReplacedCount);
