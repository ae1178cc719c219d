namespace BuildData;

/// <summary>Identifies a chunk of a log in an <see cref="ILogChunkStore"/>.</summary>
/// <param name="LogId">The id of the log.</param>
/// <param name="FirstLine">The number of the first line of the chunk. The first line of a log is 0.</param>
/// <param name="LastLine">The number of the last line of the chunk.</param>
public readonly record struct LogChunkKey(long LogId, long FirstLine, long LastLine);
