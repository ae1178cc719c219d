using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Runs queries on one connection. Keeps the prepared statement of each query, so that the next query with the same text can use it. Not
/// thread-safe.
/// </summary>
internal sealed class PreparedQueryRunner(sqlite3 connection) : IDisposable
{
    // The queries of a program have few different texts. If there are more, all statements are disposed and the cache is filled again.
    private const int Capacity = 200;

    private readonly Dictionary<string, CachedQuery> _cache = new(StringComparer.Ordinal);

    // The number of SQLite instructions between two checks of the cancellation token. These instructions take less than a millisecond.
    private const int InstructionsPerCheck = 10_000;

    private CancellationToken _cancellation;
    private bool _checksCancellation;

    /// <summary>Runs a query, and adds the rows that the query returns to a sink.</summary>
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
