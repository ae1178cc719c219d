using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs queries on one connection, and keeps their prepared statements in a cache. The key of a statement is its text. Not thread-safe.
/// </summary>
internal sealed class PreparedQueryRunner(sqlite3 connection) : IDisposable
{
    // A program's queries have few different texts. If there are more, the cache is emptied and filled again.
    private const int Capacity = 200;

    private readonly Dictionary<string, CachedQuery> _cache = new(StringComparer.Ordinal);

    // The number of SQLite's instructions between two checks of the cancellation token. They take a fraction of a millisecond.
    private const int InstructionsPerCheck = 10_000;

    private CancellationToken _cancellation;
    private bool _checksCancellation;

    /// <summary>Runs a query and adds its rows to a sink. Prepares the statement if the cache does not contain it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before or during the query.</exception>
    public void Run(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObserveToken(cancellationToken);
        (SqliteStatement statement, SqliteRowReader reader, RowParsers parsers) = Get(sql);
        statement.Bind(sql.Values);

        try
        {
            bool isOnRow = statement.Step();
            sink.Open(parsers.On(reader));
            for (; isOnRow; isOnRow = statement.Step())
                sink.Add(reader);
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
        finally
        {
            statement.Reset();
            _cancellation = CancellationToken.None;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        foreach (CachedQuery cached in _cache.Values)
            cached.Statement.Dispose();
        _cache.Clear();
    }

    // sqlite3_interrupt is not used, because it has no effect on a statement that has not begun to run.
    private void ObserveToken(CancellationToken cancellationToken)
    {
        _cancellation = cancellationToken;
        if (_checksCancellation || !cancellationToken.CanBeCanceled)
            return;

        _checksCancellation = true;
        raw.sqlite3_progress_handler(connection, InstructionsPerCheck, _ => _cancellation.IsCancellationRequested ? 1 : 0, null);
    }

    private CachedQuery Get(SqlBuilder sql)
    {
        if (_cache.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(sql.Text, out CachedQuery? cached))
            return cached;

        if (_cache.Count >= Capacity)
            Dispose();

        string text = sql.Text.ToString();
        var statement = new SqliteStatement(connection, text);
        cached = new CachedQuery(statement, new SqliteRowReader(statement.Handle), new RowParsers());
        _cache.Add(text, cached);
        return cached;
    }

    private sealed record CachedQuery(SqliteStatement Statement, SqliteRowReader Reader, RowParsers Parsers);
}
