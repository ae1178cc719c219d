using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace BuildData.Torture.PowerCut.Checking;

/// <summary>Reads a database file without the library. A master has the file open meanwhile.</summary>
internal sealed class StoreFile : IDisposable
{
    // The opening of the store changes these columns.
    private static readonly string[] ChangedByOpening = ["masters.active", "masters.last_active", "event_log.position", "event_log.first_sequence", "file_state.writer", "file_state.overwrites"];

    // The background work on logs changes these tables after the opening. The check reads the lines of all logs instead.
    private static readonly string[] ChangedInBackground = ["log_chunks", "removed_logs", "sqlite_sequence"];
    private static readonly string[] ColumnsOfLogs = ["logs.stored_bytes", "logs.merged_lines"];

    private readonly SqliteConnection _connection;

    public StoreFile(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        _connection.Open();
    }

    /// <summary>Returns all rows of the table of events.</summary>
    public static IReadOnlyList<EventRow> ReadEvents(string path)
    {
        using var file = new StoreFile(path);
        return file.ReadEvents();
    }

    /// <summary>Describes what SQLite finds wrong in the file; null if it finds nothing.</summary>
    public string? FindDamage()
    {
        string integrity = string.Join("; ", Rows("PRAGMA integrity_check", row => row.GetString(0)));
        if (integrity != "ok")
            return $"integrity_check: {integrity}";
        string[] keys = [.. Rows("PRAGMA foreign_key_check", row => $"{row.GetValue(0)} {row.GetValue(1)} {row.GetValue(2)}")];
        return keys.Length == 0 ? null : $"foreign_key_check: {string.Join("; ", keys)}";
    }

    public IReadOnlyList<EventRow> ReadEvents() =>
    [
        .. Rows(
            "SELECT sequence, at, kind, name, resource_id, resource, properties FROM events ORDER BY sequence",
            row => new EventRow(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6))),
    ];

    /// <summary>Returns a hash of all tables that only updates change, except the events.</summary>
    public string HashTables()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string table in Rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", row => row.GetString(0)))
        {
            if (table != "events" && !ChangedInBackground.Contains(table))
                Hash(hash, table);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public void Dispose() => _connection.Dispose();

    private void Hash(IncrementalHash hash, string table)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(table));
        string[] columns =
        [
            .. Rows($"SELECT name FROM pragma_table_info('{table}')", row => row.GetString(0))
                .Where(column => !ChangedByOpening.Contains($"{table}.{column}") && !ColumnsOfLogs.Contains($"{table}.{column}")),
        ];
        if (columns.Length == 0)
            return;
        string list = string.Join(", ", columns);
        foreach (string row in Rows($"SELECT {list} FROM {table} ORDER BY {list}", row => string.Join('\u001f', Enumerable.Range(0, columns.Length).Select(i => $"{row.GetDataTypeName(i)}{row.GetValue(i)}"))))
            hash.AppendData(Encoding.UTF8.GetBytes(row));
    }

    private IEnumerable<T> Rows<T>(string sql, Func<SqliteDataReader, T> read)
    {
        using SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // The text consists of constants and of names that the schema has.
        command.CommandText = sql;
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
            yield return read(reader);
    }
}
