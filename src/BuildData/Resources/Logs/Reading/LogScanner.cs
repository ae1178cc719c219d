using System.Globalization;
using BuildData.Queries;
using BuildData.Resources.Logs.Chunks;
using BuildData.Stores;

namespace BuildData.Resources.Logs.Reading;

/// <summary>
/// Reads the text of a log, chunk by chunk, from a line on. Each read of the database is short, and returns a few compressed chunks, so the caller can
/// take any time between two chunks. Not thread-safe.
/// </summary>
/// <remarks>
/// Between two reads, the log can get more lines, a merge can replace its chunks, and its lines can be removed. Each line keeps its number, so each
/// read begins at the number of the next line, and checks that the log still has its lines.
/// </remarks>
internal sealed class LogScanner
{
    /// <summary>When the chunks of one read have this size, in bytes, the read ends. A chunk with one line can be larger.</summary>
    private const long MaxContentLength = 1024 * 1024;

    private const int ChunksOfFirstRead = 4;

    private const int MaxChunksPerRead = 256;

    private readonly IStore _store;
    private readonly ILogChunkStore? _outside;
    private readonly Queue<StoredChunk> _chunks = [];

    private int _chunksPerRead = ChunksOfFirstRead;

    private LogScanner(IStore store, ILogChunkStore? outside, StepLog log, long firstLine)
    {
        _store = store;
        _outside = outside;
        Log = log;
        NextLine = firstLine;
    }

    /// <summary>Gets the log as it was read last.</summary>
    public StepLog Log { get; private set; }

    /// <summary>Gets the number of the first line after <see cref="Text"/>.</summary>
    public long NextLine { get; private set; }

    /// <summary>Gets the text of the current chunk.</summary>
    public LogTextBuffer Text { get; } = new();

    /// <summary>Finds a log, and creates a scanner that begins at a line.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such log.</exception>
    /// <exception cref="LogContentRemovedException">The lines of the log were removed.</exception>
    public static async ValueTask<LogScanner> Open(IStore store, ILogChunkStore? outside, LogRef reference, long firstLine, CancellationToken cancellationToken)
    {
        StepLog log = await store.Read(
            static (session, query, token) => query.Read(session, ValidatedSpec.None, token), new LogByRef(reference), cancellationToken).ConfigureAwait(false)
            ?? throw NotFound(reference);
        return new LogScanner(store, outside, RequireContent(log), firstLine);
    }

    /// <summary>Moves to a line that has not been returned yet.</summary>
    public void MoveTo(long line) => NextLine = line;

    /// <summary>Reads the next chunk into <see cref="Text"/>.</summary>
    /// <param name="lastLine">The number of the last line that is needed.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>False if the log has no more lines up to this line. Then <see cref="Log"/> was just read, except if no more lines were needed.</returns>
    /// <exception cref="ResourceNotFoundException">The log was removed.</exception>
    /// <exception cref="LogContentRemovedException">The lines of the log were removed.</exception>
    /// <exception cref="StoreException">The store can't be read. Or content is missing, or damaged.</exception>
    public async ValueTask<bool> MoveNext(long lastLine, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (NextLine > lastLine)
            return false;
        if (_chunks.Count == 0)
            await ReadChunks(lastLine, cancellationToken).ConfigureAwait(false);
        if (!_chunks.TryDequeue(out StoredChunk? chunk))
            return false;

        if (chunk.FirstLine > NextLine)
            throw Missing(chunk.FirstLine - 1);
        await Load(chunk, cancellationToken).ConfigureAwait(false);
        NextLine = chunk.LastLine + 1;
        return true;
    }

    private async ValueTask Load(StoredChunk chunk, CancellationToken cancellationToken)
    {
        try
        {
            await Text.Load(chunk, Log.LogId, NextLine, _outside, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException) when (chunk.Content is null)
        {
            // The content outside may have been deleted because the log was removed. Then that is the error.
            await ReadLog(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask ReadChunks(long lastLine, CancellationToken cancellationToken)
    {
        (StepLog? log, List<StoredChunk> chunks) = await _store.Read(
            static (session, state, token) => Read(session, state.LogId, state.NextLine, state.lastLine, state._chunksPerRead, token),
            (Log.LogId, NextLine, lastLine, _chunksPerRead),
            cancellationToken).ConfigureAwait(false);
        Update(log);

        // The first read is small, because many callers need few lines. After long chunks the next read is smaller, so that it does not skip many.
        _chunksPerRead = Math.Min(chunks.Count == _chunksPerRead ? _chunksPerRead * 2 : chunks.Count + 1, MaxChunksPerRead);
        if (chunks.Count > 0)
        {
            foreach (StoredChunk chunk in chunks)
                _chunks.Enqueue(chunk);
            return;
        }

        if (NextLine > Math.Min(lastLine, Log.NumLines - 1))
            return;

        // The lines may have been removed after the log was read. If not, they are missing.
        await ReadLog(cancellationToken).ConfigureAwait(false);
        throw Missing(Log.NumLines - 1);
    }

    private static async ValueTask<(StepLog? Log, List<StoredChunk> Chunks)> Read(
        ReadSession session, long logId, long firstLine, long lastLine, int limit, CancellationToken cancellationToken)
    {
        if (await new LogByRef(logId).Read(session, ValidatedSpec.None, cancellationToken).ConfigureAwait(false) is not { } log)
            return (null, []);

        long last = Math.Min(lastLine, log.NumLines - 1);
        return (log, firstLine > last ? [] : await ChunkReader.Read(session, logId, firstLine, last, limit, MaxContentLength, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask ReadLog(CancellationToken cancellationToken) => Update(await _store.Read(
        static (session, id, token) => new LogByRef(id).Read(session, ValidatedSpec.None, token), Log.LogId, cancellationToken).ConfigureAwait(false));

    private void Update(StepLog? log)
    {
        log = RequireContent(log ?? throw NotFound(Log.LogId));
        if (log.NumLines < Log.NumLines)
            throw new StoreException(string.Create(CultureInfo.InvariantCulture, $"The database has lost lines of the log {log.LogId}: it had {Log.NumLines} lines, and now has {log.NumLines}. Read the log again."));
        Log = log;
    }

    private static StepLog RequireContent(StepLog log) => log.Type == LogType.Removed ? throw new LogContentRemovedException(log.LogId) : log;

    private static ResourceNotFoundException NotFound(LogRef log) =>
        log.Id is { } id ? new ResourceNotFoundException(LogDefinition.Instance.Kind, id) : new ResourceNotFoundException(LogDefinition.Instance.Kind, log.ToString());

    private StoreException Missing(long lastLine) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The lines {NextLine} to {lastLine} of the log {Log.LogId} are missing."));
}
