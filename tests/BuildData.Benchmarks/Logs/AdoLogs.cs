using System.Text;
using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks.Logs;

/// <summary>Inserts a row for each 64 KiB of text, as a host writes it with ADO.NET: one connection, and one transaction for each row.</summary>
internal sealed class AdoLogs : ILogContender
{
    private const int ChunkLength = 64 * 1024;

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public AdoLogs(string file)
    {
        _connection = new SqliteConnection($"Data Source={file}");
        _connection.Open();
        Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS chunks (log_id INTEGER NOT NULL, first_line INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (log_id, first_line))");
    }

    public string Name => "ADO.NET, a row for each 64 KiB";

    public async Task Write(int step, IReadOnlyList<string> lines)
    {
        var text = new StringBuilder();
        long first = 0;
        long log = DateTime.UtcNow.Ticks + step;
        for (int i = 0; i < lines.Count; i++)
        {
            text.Append(lines[i]).Append('\n');
            if (text.Length < ChunkLength && i < lines.Count - 1)
                continue;
            await Insert(log, first, Encoding.UTF8.GetBytes(text.ToString()));
            text.Clear();
            first = i + 1;
        }
    }

    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        return _connection.DisposeAsync();
    }

    private async Task Insert(long log, long first, byte[] content)
    {
        await _turn.WaitAsync();
        try
        {
            using SqliteCommand insert = _connection.CreateCommand();
            insert.CommandText = "INSERT INTO chunks (log_id, first_line, content) VALUES ($log, $first, $content)";
            insert.Parameters.AddWithValue("$log", log);
            insert.Parameters.AddWithValue("$first", first);
            insert.Parameters.AddWithValue("$content", content);
            insert.ExecuteNonQuery();
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // A constant.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
