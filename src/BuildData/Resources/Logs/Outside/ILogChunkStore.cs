namespace BuildData;

/// <summary>
/// Stores the lines of finished logs outside the database, for example in files. <see cref="BuildDataOptions.StoreLogsIn"/> sets the store.
/// </summary>
/// <remarks>
/// <para>The lines of a log that is not finished are in the database, because their commits are shared with those of all other updates. When the log is
/// finished, the master compresses its lines into large chunks, and writes these to the store.</para>
/// <para>The master may write a chunk again with the same content, after an interruption. Implementations must be thread-safe.</para>
/// </remarks>
public interface ILogChunkStore
{
    /// <summary>
    /// Writes a chunk. The database refers to the chunk after the task has completed, so then the chunk must be durable, and other processes must be
    /// able to read it. Replaces a chunk with the same key.
    /// </summary>
    /// <param name="key">Identifies the chunk.</param>
    /// <param name="content">The content.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task Write(LogChunkKey key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Reads a chunk. Returns null if there is none.</summary>
    /// <param name="key">Identifies the chunk.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task<byte[]?> Read(LogChunkKey key, CancellationToken cancellationToken);

    /// <summary>Deletes all chunks of a log. Does nothing if there are none.</summary>
    /// <param name="logId">The id of the log.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    Task DeleteLog(long logId, CancellationToken cancellationToken);
}
