using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>A PostgreSQL database of a contender's own.</summary>
internal sealed class PostgreSqlDatabase : IAsyncDisposable
{
    private const long Builds = 100_000;

    private readonly string _server;
    private readonly string _name = $"builddata_race_{Guid.NewGuid():N}";

    private PostgreSqlDatabase(string server) => _server = server;

    public string ConnectionString => ConnectionStringBy(_server);

    /// <summary>Creates an empty database.</summary>
    public static async Task<PostgreSqlDatabase> Make(string server)
    {
        var database = new PostgreSqlDatabase(server);
        await Execute(server, $"CREATE DATABASE {database._name}");
        return database;
    }

    /// <summary>Returns how to reach the database by a way to the server, such as a proxy.</summary>
    public string ConnectionStringBy(string server) => new NpgsqlConnectionStringBuilder(server) { Database = _name }.ToString();

    /// <summary>Makes BuildData's tables, builders, a worker and builds to add steps to, and whatever a contender needs beside them.</summary>
    public async Task<KnownRows> Fill(string contenderTables = "")
    {
        KnownRows rows;
        await using (Master master = await Master.Open(o => o.UsePostgreSql(ConnectionString)))
        {
            Updates updates = master.Data.Updates;
            long[] builders = [await updates.FindBuilderId("linux"), await updates.FindBuilderId("windows"), await updates.FindBuilderId("macos"), await updates.FindBuilderId("arm")];
            long worker = await updates.FindWorkerId("worker-1");
            AddedBuildset buildset = await updates.AddBuildset(builderIds: [builders[0]]);
            rows = new KnownRows(builders, worker, (await master.Data.GetAll<MasterInfo>("/masters"))[0].MasterId, Builds);
            await Execute(
                ConnectionString,
                $"""
                INSERT INTO builds (number, builder_id, buildrequest_id, worker_id, master_id, started_at, complete, locks_duration_s, state_string)
                SELECT i, {builders[0]}, {buildset.BuildRequestIds[builders[0]]}, {worker}, {rows.MasterId}, 1700000000000000, 0, 0, 'building'
                FROM generate_series(1, {Builds}) AS i
                """);
        }

        await Execute(ConnectionString, contenderTables + " ANALYZE");
        return rows;
    }

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
