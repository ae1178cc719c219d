using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>The prepared queries of one connection, kept by their text with what maps their rows.</summary>
internal sealed class SqliteCommands(sqlite3 connection) : IDisposable
{
    // The texts that a program's queries have are few. A program that makes up ever new ones starts over.
    private const int Capacity = 200;

    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    // How many of SQLite's instructions run between two looks at the cancellation token: a fraction of a millisecond.
    private const int InstructionsPerLook = 10_000;

    private CancellationToken _cancellation;
    private bool _looksForCancellation;

    public void Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        WatchFor(cancellationToken);
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
        foreach (Kept kept in _kept.Values)
            kept.Statement.Dispose();
        _kept.Clear();
    }

    // Not with an interrupt, which has no effect on a statement that is only about to begin.
    private void WatchFor(CancellationToken cancellationToken)
    {
        _cancellation = cancellationToken;
        if (_looksForCancellation || !cancellationToken.CanBeCanceled)
            return;

        _looksForCancellation = true;
        raw.sqlite3_progress_handler(connection, InstructionsPerLook, _ => _cancellation.IsCancellationRequested ? 1 : 0, null);
    }

    private Kept Get(SqlBuilder sql)
    {
        if (_kept.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(sql.Text, out Kept? kept))
            return kept;

        if (_kept.Count >= Capacity)
            Dispose();

        string text = sql.Text.ToString();
        var statement = new SqliteStatement(connection, text);
        kept = new Kept(statement, new SqliteRowReader(statement.Handle), new RowParsers());
        _kept.Add(text, kept);
        return kept;
    }

    private sealed record Kept(SqliteStatement Statement, SqliteRowReader Reader, RowParsers Parsers);
}
