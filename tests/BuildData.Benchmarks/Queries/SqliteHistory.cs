using System.Globalization;
using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>Writes a history to a SQLite file.</summary>
internal sealed class SqliteHistory : IHistory
{
    private const long Batch = 100_000;

    private readonly string _folder;
    private readonly bool _isKept;

    public SqliteHistory(string? folder)
    {
        _isKept = folder is not null;
        _folder = folder is null ? Directory.CreateTempSubdirectory("builddata-queries-").FullName : Directory.CreateDirectory(folder).FullName;
    }

    public async Task<Master> Open(HistoryShape shape)
    {
        string file = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{shape.Steps}.db"));
        if (!File.Exists(file))
        {
            string filling = file + ".filling";
            File.Delete(filling);
            await using (Master master = await Master.Open($"Data Source={filling}"))
                await HistoryNames.Add(master.Data.Updates);
            Fill(filling, shape);
            File.Move(filling, file);
        }

        return await Master.Open($"Data Source={file}");
    }

    public ValueTask DisposeAsync()
    {
        if (!_isKept)
            Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static void Fill(string file, HistoryShape shape)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=False");
        connection.Open();

        // The cache holds the ends of all indexes. After a crash, the file is filled again, so it needs no sync.
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000");
        long now = HistoryNames.Now();
        foreach (string statement in HistorySql.Once(shape, now))
            Execute(connection, statement);
        InTransaction(connection, HistorySql.Waiting(now), shape.Builds + 1, shape.Builds + HistoryShape.Waiting);
        string[] statements = HistorySql.Builds(shape, now);
        for (long first = 1; first <= shape.Builds; first += Batch)
            InTransaction(connection, statements, first, Math.Min(first + Batch - 1, shape.Builds));
        Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static void InTransaction(SqliteConnection connection, string[] statements, long first, long last)
    {
        Execute(connection, "BEGIN");
        foreach (string statement in statements)
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"WITH RECURSIVE ids (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM ids WHERE i < {last}) {statement}"));
        Execute(connection, "COMMIT");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.Kept(sql, 0);
        command.CommandTimeout = 0;
        command.ExecuteNonQuery();
    }
}
