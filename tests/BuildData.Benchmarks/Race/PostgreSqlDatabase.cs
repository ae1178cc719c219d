using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>A PostgreSQL database of a race's own, with BuildData's schema and builds to add steps to.</summary>
internal sealed class PostgreSqlDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name = $"builddata_race_{Guid.NewGuid():N}";
    private long _builds;

    private PostgreSqlDatabase(string server) => _server = server;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server) { Database = _name, MaxPoolSize = 200 }.ToString();

    public static async Task<PostgreSqlDatabase> Make(string server, long builds)
    {
        var database = new PostgreSqlDatabase(server);
        await Execute(server, $"CREATE DATABASE {database._name}");
        await using (Master master = await Master.Open(o => o.UsePostgreSql(database.ConnectionString)))
        {
            Updates updates = master.Data.Updates;
            await updates.FindWorkerId("worker-1");
            await updates.AddBuildset(builderIds: [await updates.FindBuilderId("linux")]);
        }

        await Execute(
            database.ConnectionString,
            $"""
            INSERT INTO builds (number, builder_id, buildrequest_id, worker_id, master_id, started_at, complete, locks_duration_s, state_string)
            SELECT i, 1, 1, 1, 1, 1700000000000000, 0, 0, 'building' FROM generate_series(1, {builds}) AS i;
            """);
        await Execute(database.ConnectionString, "ANALYZE builds");
        return database;
    }

    /// <summary>A build that has no steps yet.</summary>
    public long NextBuild() => Interlocked.Increment(ref _builds);

    /// <summary>A data source as good as BuildData's own.</summary>
    public NpgsqlDataSource Open() =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { MaxAutoPrepare = 100, AutoPrepareMinUsages = 2 });

    public async ValueTask DisposeAsync() => await Execute(_server, $"DROP DATABASE {_name} WITH (FORCE)");

    private static async Task Execute(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // Names and numbers of this class.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
