using BuildData.Events;
using Microsoft.Data.Sqlite;
using static BuildData.Stores.Sqlite.SynchronousTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>Reads or writes a whole SQLite file for a copy. Holds the lock of the file.</summary>
internal sealed class SqliteCopyConnection : CopyConnection
{
    private readonly SqliteFile _file;
    private readonly SqliteFileLock _lock;
    private readonly SqliteWriteSession _session;

    private SqliteCopyConnection(SqliteFile file, SqliteFileLock fileLock, SqliteWriteSession session)
    {
        _file = file;
        _lock = fileLock;
        _session = session;
    }

    public override string StoreName => _file.Path;

    public override WriteSession Session => _session;

    /// <summary>Locks and opens the file, and migrates its schema. If the file is a source, begins a transaction.</summary>
    /// <exception cref="StoreException">The file can't be opened, or the source does not exist.</exception>
    public static SqliteCopyConnection Open(SqliteFile file, CopyRole role, StoreTelemetry telemetry)
    {
        if (file.IsReadOnly)
            throw new StoreException($"'{file.Path}' has Mode=ReadOnly in its connection string, but a copy must lock the file. Remove Mode=ReadOnly.");
        if (role == CopyRole.Source && !File.Exists(file.Path))
            throw new StoreException($"'{file.Path}' does not exist, so it can't be copied.");

        SqliteFileLock? fileLock = null;
        SqliteWriteSession? session = null;
        try
        {
            fileLock = SqliteFileLock.Acquire(file);
            SqliteConnection connection = file.OpenForWriting();
            session = new SqliteWriteSession(connection);
            SqliteSchema.RequireSupportedVersion(session, file.Path);
            WriteConnectionSettings.ApplyToNewFile(connection);
            WriteConnectionSettings.Apply(connection, Durability.Full, file.Options.LogSizeLimit);

            // In KiB. Rows of a copy are added to many indexes, whose pages are changed again and again.
            SqliteScripts.Execute(connection, "PRAGMA cache_size = -65536");
            (long from, long to) = SqliteSchema.Migrate(connection);
            telemetry.StoreMigrated(file.Path, from, to);
            var opened = new SqliteCopyConnection(file, fileLock, session);
            if (role == CopyRole.Source)
                opened.BeginReading();
            return opened;
        }
        catch (Exception error)
        {
            session?.Dispose();
            fileLock?.Dispose();
            if (error is SqliteException driver)
                throw SqliteErrors.Wrap(driver, file.Path);
            throw;
        }
    }

    public override ValueTask Begin(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _session.Begin();
        return ValueTask.CompletedTask;
    }

    public override ValueTask Commit(CancellationToken cancellationToken)
    {
        _session.Commit();
        return ValueTask.CompletedTask;
    }

    public override ValueTask Rollback()
    {
        _session.Rollback();
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<StoreNumbers> ReadNumbers(IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        KeptEventRange range = await EventTable.ReadRange(_session, cancellationToken).ConfigureAwait(false);
        var highest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string table in tables)
        {
            SqlBuilder sql = _session.Sql().Append("SELECT coalesce(max(id), 0) FROM ").Append(table);
            highest.Add(table, (await _session.Rows<long>(sql, cancellationToken).ConfigureAwait(false))[0]);
        }

        long removed = (await _session.Rows<long>(_session.Sql().Append("SELECT highest_id FROM removed_builders"), cancellationToken).ConfigureAwait(false))[0];
        highest["builders"] = Math.Max(highest["builders"], removed);
        return new StoreNumbers(range.LastAssignedSequence, range.IsFirstEventKept, highest);
    }

    // A new row gets the id after the highest id of its table, which the copied rows have.
    public override async ValueTask SetNumbers(StoreNumbers numbers, CancellationToken cancellationToken)
    {
        KeptEventRange range = await EventTable.ReadRange(_session, cancellationToken).ConfigureAwait(false);
        long first = numbers.AreAllEventsKept ? range.OldestSequence ?? numbers.LastSequence + 1 : KeptEventRange.NoFirstSequence;
        await _session.Execute("UPDATE event_log SET position = $1, first_sequence = $2", numbers.LastSequence, first).ConfigureAwait(false);
    }

    public override StoreException? Wrap(Exception error) => error is SqliteException driver ? SqliteErrors.Wrap(driver, _file.Path) : null;

    public override ValueTask DisposeAsync()
    {
        try
        {
            _session.Dispose();
        }
        finally
        {
            _lock.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Begins the transaction in which the copy reads. The transaction takes SQLite's write lock, so that no other program writes the file.
    /// </summary>
    private void BeginReading()
    {
        _session.Begin();
        ThrowIfFailed(ThrowIfUnfinished(_session, _file.Path, CancellationToken.None));
        if (!SqliteEventLog.LeaveGapIfNotClosed(_session))
            return;

        _session.Commit();
        _session.Begin();
    }
}
