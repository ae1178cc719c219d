using System.Globalization;
using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>
/// Writes a history to a PostgreSQL database. The role must be allowed to create databases and to set <c>session_replication_role</c>, as
/// superusers are.
/// </summary>
internal sealed class PostgreSqlHistory(string server, string? keptAs) : IHistory
{
    private const long Batch = 100_000;

    private static readonly string[] Tables = ["masters", "builders", "workers", "sourcestamps", "buildsets", "buildrequests", "builds", "steps"];

    private readonly string _name = keptAs ?? $"builddata_queries_{Guid.NewGuid():N}";
    private readonly List<string> _databases = [];

    public async Task<Master> Open(HistoryShape shape)
    {
        string database = string.Create(CultureInfo.InvariantCulture, $"{_name}_{shape.Steps}");
        _databases.Add(database);
        if (await Execute(server, $"SELECT 1 FROM pg_database WHERE datname = '{database}'") is null)
        {
            string filling = $"{database}_filling";
            await Execute(server, $"DROP DATABASE IF EXISTS {filling} WITH (FORCE)");
            await Execute(server, $"CREATE DATABASE {filling}");
            await using (Master master = await Master.Open(options => options.UsePostgreSql(On(filling))))
                await HistoryNames.Add(master.Data.Updates);
            await Fill(On(filling), shape);
            NpgsqlConnection.ClearAllPools();
            await Execute(server, $"ALTER DATABASE {filling} RENAME TO {database}");
        }

        return await Master.Open(options => options.UsePostgreSql(On(database)));
    }

    public async ValueTask DisposeAsync()
    {
        if (keptAs is not null)
            return;
        foreach (string database in _databases)
            await Execute(server, $"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    }

    private static async Task Fill(string database, HistoryShape shape)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();

        // Foreign keys are checked by triggers, which do not run for a replica. The statements have no parameters, so each is planned once.
        await Execute(connection, "SET session_replication_role = replica");
        await Execute(connection, "SET synchronous_commit = off");
        long now = HistoryNames.Now();
        foreach (string statement in HistorySql.Once(shape, now))
            await Execute(connection, statement);
        await Run(connection, HistorySql.Waiting(now), shape.Builds + 1, shape.Builds + HistoryShape.Waiting);
        string[] statements = HistorySql.Builds(shape, now);
        for (long first = 1; first <= shape.Builds; first += Batch)
            await Run(connection, statements, first, Math.Min(first + Batch - 1, shape.Builds));
        foreach (string table in Tables)
            await Execute(connection, $"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))");
        await Execute(connection, "VACUUM ANALYZE");
        await Execute(connection, "CHECKPOINT");
    }

    private static async Task Run(NpgsqlConnection connection, string[] statements, long first, long last)
    {
        foreach (string statement in statements)
            await Execute(connection, string.Create(CultureInfo.InvariantCulture, $"WITH ids (i) AS (SELECT generate_series({first}::bigint, {last}::bigint)) {statement}"));
    }

    private string On(string database) => new NpgsqlConnectionStringBuilder(server) { Database = database }.ToString();

    private static async Task<object?> Execute(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        return await Execute(connection, sql);
    }

    private static async Task<object?> Execute(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // Names and numbers of this class.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
