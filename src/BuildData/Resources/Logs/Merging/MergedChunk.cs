using BuildData.Resources.Logs.Chunks;

namespace BuildData.Resources.Logs.Merging;

/// <summary>Represents a chunk that replaces smaller chunks.</summary>
/// <param name="FirstLine">The number of the first line.</param>
/// <param name="LastLine">The number of the last line.</param>
/// <param name="ReplacedChunks">The number of the chunks that it replaces.</param>
/// <param name="Chunk">The compressed lines.</param>
/// <param name="IsOutside">Whether the content is stored outside the database.</param>
internal sealed record MergedChunk(long FirstLine, long LastLine, int ReplacedChunks, EncodedChunk Chunk, bool IsOutside);
