using System.Data.Common;
using BuildData.Stores;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace BuildData.Torture.Followers;

/// <summary>
/// Reads the events of a store from its tables, without the library. In a SQLite file, a trigger copies each event, so that expired ones are
/// not forgotten, whichever process writes and removes them.
/// </summary>
internal sealed class EventRecords
{
    private const string Columns = "sequence AS Sequence, at AS At, kind AS Kind, name AS Name, resource_id AS ResourceId, resource AS Resource, properties AS Properties";

    private readonly Func<DbConnection> _connect;
    private readonly string _table;

    private EventRecords(Func<DbConnection> connect, string table) => (_connect, _table) = (connect, table);

    /// <summary>Records the events of a SQLite file, which must have its tables.</summary>
    public static async Task<EventRecords> OfFile(string file)
    {
        var records = new EventRecords(() => new SqliteConnection($"Data Source={file};Pooling=False;Default Timeout=30"), "recorded_events");
        await using DbConnection connection = records._connect();
        await connection.ExecuteAsync(
            """
            CREATE TABLE recorded_events AS SELECT * FROM events;
            CREATE TRIGGER record_events AFTER INSERT ON events BEGIN
                INSERT INTO recorded_events SELECT * FROM events WHERE sequence = NEW.sequence;
            END
            """);
        return records;
    }

    /// <summary>Reads the events of a PostgreSQL database, in which none may expire.</summary>
    public static EventRecords OfServer(string connectionString) => new(() => new NpgsqlConnection(connectionString), "events");

    /// <summary>Returns all public events that were ever committed, in their order.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> Read()
    {
        await using DbConnection connection = _connect();
        IEnumerable<StoredEvent> rows = await connection.QueryAsync<StoredEvent>($"SELECT {Columns} FROM {_table} ORDER BY sequence");
        return [.. rows.Select(row => new RecordedEvent(row)).Where(e => e.IsPublic)];
    }

    /// <summary>Returns the number of the oldest event that is kept.</summary>
    public Task<long> ReadOldest() => ReadNumber("SELECT min(sequence) FROM events");

    /// <summary>Returns the number of the newest event that is committed, also if no master has published it yet.</summary>
    public Task<long> ReadNewest() => ReadNumber("SELECT max(sequence) FROM events");

    private async Task<long> ReadNumber(string sql)
    {
        await using DbConnection connection = _connect();
        return await connection.ExecuteScalarAsync<long>(sql);
    }
}
