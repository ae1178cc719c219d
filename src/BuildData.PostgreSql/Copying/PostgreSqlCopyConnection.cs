using System.Data;
using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Events;
using BuildData.PostgreSql.Schema;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Npgsql;
using NpgsqlTypes;

namespace BuildData.PostgreSql.Copying;

/// <summary>Reads or writes all tables of a PostgreSQL database for a copy.</summary>
/// <remarks>
/// <para>
/// Locks: two copies can't use one database at the same time, because each takes an advisory lock. A source is locked in addition, so that no
/// master writes it: the transaction holds the lock of the table of masters, to which each process writes when it becomes a master. Before,
/// the connection takes the locks of the names of all masters, which fails if one of them is running.
/// </para>
/// <para>A target needs no such lock: a store refuses to open while the copy is unfinished.</para>
/// </remarks>
internal sealed class PostgreSqlCopyConnection : CopyConnection
{
    // The planner must read pages of a large table by its primary key, although this connection knows nothing about the table yet.
    private const string Planning = "SET enable_bitmapscan = off; SET enable_sort = off";

    // The server needs some seconds to notice that a killed process has gone, and then releases its lock.
    private const string Lock =
        """
        SET lock_timeout = '15s';
        SELECT pg_advisory_lock(hashtextextended('builddata copy ' || event_log.tableoid, 0)) FROM event_log;
        SET lock_timeout = 0
        """;

    private const string TryLockMasters =
        $"""
        SELECT coalesce(bool_and(pg_try_advisory_lock(hashtextextended({CommitNotificationListener.ChannelNameSql} || ' ' || masters.id, 0))), true)
        FROM event_log, masters
        """;

    private readonly PostgreSqlDatabase _database;
    private readonly PostgreSqlSession _session;
    private readonly Dictionary<string, string> _imports = new(StringComparer.Ordinal);

    private PostgreSqlCopyConnection(PostgreSqlDatabase database, NpgsqlConnection connection)
    {
        _database = database;
        _session = new PostgreSqlSession { Connection = connection, DisablesCommandTimeout = true };
    }

    public override string StoreName => _database.Name;

    public override WriteSession Session => _session;

    private NpgsqlConnection Connection => _session.Connection!;

    /// <summary>Connects, migrates the schema and takes the locks. If the database is a source, begins a transaction.</summary>
    /// <exception cref="StoreInUseException">A master or another copy uses the database.</exception>
    public static async Task<PostgreSqlCopyConnection> Open(
        PostgreSqlDatabase database, CopyRole role, StoreTelemetry telemetry, CancellationToken cancellationToken)
    {
        PostgreSqlCopyConnection? opened = null;
        try
        {
            NpgsqlConnection connection = await database.Connect(cancellationToken).ConfigureAwait(false);
            opened = new PostgreSqlCopyConnection(database, connection);
            await TransactionPoolerDetector.ThrowIfPoolsTransactions(database, connection, cancellationToken).ConfigureAwait(false);
            await SessionSettings.Apply(connection, commitsDurably: true, maxIdleTimeInTransaction: null, cancellationToken).ConfigureAwait(false);
            (long from, long to) = await PostgreSqlSchema.Migrate(connection, database.Name, cancellationToken).ConfigureAwait(false);
            telemetry.StoreMigrated(database.Name, from, to);
            await opened.Run<int>(Planning, cancellationToken).ConfigureAwait(false);
            await opened.Run<int>(Lock, cancellationToken).ConfigureAwait(false);
            if (role == CopyRole.Source)
                await opened.BeginReading(cancellationToken).ConfigureAwait(false);
            return opened;
        }
        catch (Exception error)
        {
            if (opened is not null)
                await opened.DisposeAsync().ConfigureAwait(false);
            if (PostgreSqlErrors.IsTableLocked(error))
                throw new StoreInUseException(database.Name, "Another copy reads or writes it.", error);
            if (PostgreSqlErrors.IsDatabaseError(error))
                throw database.ToStoreException(error);
            throw;
        }
    }

    public override ValueTask Begin(CancellationToken cancellationToken)
    {
        _session.Unsent.Add("BEGIN");
        return ValueTask.CompletedTask;
    }

    public override ValueTask Commit(CancellationToken cancellationToken)
    {
        _session.Unsent.Add("COMMIT");
        return _session.Send(cancellationToken);
    }

    public override async ValueTask Rollback()
    {
        _session.Unsent.Clear();
        if (Connection.State != ConnectionState.Open)
            return;

        _session.Unsent.Add("ROLLBACK");
        await _session.Send(CancellationToken.None).ConfigureAwait(false);
    }

    // A process that becomes a master writes to this table first, and then looks for an unfinished copy.
    public override ValueTask LockMasters(CancellationToken cancellationToken)
    {
        _session.Unsent.Add("LOCK TABLE masters IN SHARE ROW EXCLUSIVE MODE");
        return _session.Send(cancellationToken);
    }

    public override async ValueTask InsertRows(
        string table, IReadOnlyList<string> columns, ReadOnlyMemory<SqlValue> values, CancellationToken cancellationToken)
    {
        if (!_imports.TryGetValue(table, out string? import))
        {
            import = $"COPY {table} ({string.Join(", ", columns)}) FROM STDIN (FORMAT BINARY)";
            _imports.Add(table, import);
        }

        await _session.Send(cancellationToken).ConfigureAwait(false);
        NpgsqlBinaryImporter importer = await Connection.BeginBinaryImportAsync(import, cancellationToken).ConfigureAwait(false);
        await using (importer.ConfigureAwait(false))
        {
            for (int start = 0; start < values.Length; start += columns.Count)
            {
                await importer.StartRowAsync(cancellationToken).ConfigureAwait(false);
                for (int i = start; i < start + columns.Count; i++)
                    await Write(importer, values.Span[i], cancellationToken).ConfigureAwait(false);
            }

            await importer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask<StoreNumbers> ReadNumbers(IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        long nextTicket = await ReadNumber("SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM event_tickets").ConfigureAwait(false);
        bool areAllEventsKept = await ReadNumber("SELECT first_sequence FROM event_log").ConfigureAwait(false) != 0;
        var highest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string table in tables)
        {
            // An id can be higher than the last value of the sequence, if a program has chosen the id itself.
            SqlBuilder sql = _session.Sql();
            sql.Append($"SELECT greatest(coalesce(pg_sequence_last_value(pg_get_serial_sequence({table}, 'id')::regclass), 0), (SELECT max(id) FROM ").Append(table).Append("), 0)");
            highest.Add(table, (await _session.Rows<long>(sql, cancellationToken).ConfigureAwait(false))[0]);
        }

        return new StoreNumbers(TicketSequenceConverter.FirstSequenceOfTicket(nextTicket) - 1, areAllEventsKept, highest);

        async ValueTask<long> ReadNumber(string sql) =>
            (await _session.Rows<long>(_session.Sql().Append(sql), cancellationToken).ConfigureAwait(false))[0];
    }

    public override async ValueTask SetNumbers(StoreNumbers numbers, CancellationToken cancellationToken)
    {
        await _session.Execute("SELECT setval('event_tickets', $1, false)", TicketSequenceConverter.TicketOfSequence(numbers.LastSequence) + 1).ConfigureAwait(false);
        await _session.Execute(
            "UPDATE event_log SET first_sequence = CASE WHEN $1 = 1 THEN greatest((SELECT min(sequence) FROM events), 1) ELSE 0 END",
            numbers.AreAllEventsKept).ConfigureAwait(false);
        foreach ((string table, long id) in numbers.HighestIds.Where(highest => highest.Value > 0))
            await _session.Execute("SELECT setval(pg_get_serial_sequence($1, 'id'), $2, true)", table, id).ConfigureAwait(false);
    }

    public override async ValueTask Optimize(IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        _session.Unsent.Add($"ANALYZE {string.Join(", ", tables)}");
        await _session.Send(cancellationToken).ConfigureAwait(false);
    }

    public override StoreException? Wrap(Exception error) => PostgreSqlErrors.IsDatabaseError(error) ? _database.ToStoreException(error) : null;

    public override async ValueTask DisposeAsync()
    {
        NpgsqlConnection connection = Connection;
        try
        {
            await Rollback().ConfigureAwait(false);
        }
        catch (Exception error) when (PostgreSqlErrors.IsDatabaseError(error))
        {
            // The connection is lost, and the server rolls back its transaction.
            return;
        }
        finally
        {
            await PostgreSqlDatabase.ResetAndClose(connection, holdsBatchLock: true).ConfigureAwait(false);
        }
    }

    private async ValueTask BeginReading(CancellationToken cancellationToken)
    {
        if (!await Run<bool>(TryLockMasters, cancellationToken).ConfigureAwait(false))
            throw new StoreInUseException(_database.Name, "A master is running. Stop all masters before you copy the database.");

        // The lock is taken before the first query, which begins the snapshot. So the snapshot contains all that was written before.
        _session.Unsent.Add("BEGIN ISOLATION LEVEL REPEATABLE READ");
        _session.Unsent.Add("LOCK TABLE masters IN SHARE MODE");
        await _session.Send(cancellationToken).ConfigureAwait(false);
        await ThrowIfUnfinished(_session, _database.Name, cancellationToken).ConfigureAwait(false);
    }

    private static Task Write(NpgsqlBinaryImporter importer, SqlValue value, CancellationToken cancellationToken) => value.Kind switch
    {
        SqlValueKind.Number => importer.WriteAsync(value.Number, NpgsqlDbType.Bigint, cancellationToken),
        SqlValueKind.Text => importer.WriteAsync(NullCharacterEncoding.Encode(value.Text!), NpgsqlDbType.Text, cancellationToken),
        SqlValueKind.Bytes => importer.WriteAsync(value.Bytes, NpgsqlDbType.Bytea, cancellationToken),
        _ => importer.WriteNullAsync(cancellationToken),
    };

    private async ValueTask<T?> Run<T>(string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // All texts are constants of this class.
        var command = new NpgsqlCommand(sql, Connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await using (command.ConfigureAwait(false))
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is T result ? result : default;
    }
}
