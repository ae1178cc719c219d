using BuildData.PostgreSql.Schema;
using BuildData.Values;
using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>A new PostgreSQL database for one test.</summary>
internal sealed class PostgreSqlTestStore : TestStore
{
    private static readonly Lazy<Task<PostgreSqlTestStore>> Migrated = new(Migrate);
    private static int _lastNumber;

    private readonly PostgreSqlServer _server;

    private PostgreSqlTestStore(PostgreSqlServer server) => _server = server;

    public string Database { get; } = $"builds_{Interlocked.Increment(ref _lastNumber)}";

    public string ConnectionString => _server.ConnectionString(Database);

    /// <summary>Creates one on the shared server with the current schema.</summary>
    public static async Task<TestStore> Create()
    {
        PostgreSqlTestStore migrated = await Migrated.Value;
        return await Create(migrated._server, migrated.Database);
    }

    /// <summary>Creates an empty one.</summary>
    public static Task<PostgreSqlTestStore> Create(PostgreSqlServer server) => Create(server, "template1");

    /// <summary>Creates one from a template database.</summary>
    public static async Task<PostgreSqlTestStore> Create(PostgreSqlServer server, string template)
    {
        var store = new PostgreSqlTestStore(server);
        await server.Scalar<int?>($"CREATE DATABASE {store.Database} TEMPLATE {template}");
        return store;
    }

    /// <summary>Runs a statement without the library, and returns the first column of its first row.</summary>
    public async Task<T?> Scalar<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    /// <summary>Waits until a query returns a value.</summary>
    public async Task Until<T>(string sql, T value, TimeSpan? patience = null)
    {
        using var end = new CancellationTokenSource(patience ?? Given.Patience);
        while (!Equals(await Scalar<T>(sql), value))
            await Task.Delay(10, end.Token);
    }

    /// <summary>Waits until some time has passed on the server's clock, for limits that the server keeps.</summary>
    public async Task Pass(TimeSpan time)
    {
        DateTime end = await Scalar<DateTime>($"SELECT clock_timestamp() + make_interval(secs => {time.TotalSeconds})");
        await Until($"SELECT clock_timestamp() > '{end:O}'", true);
    }

    public override void Use(BuildDataOptions options) => options.UsePostgreSql(ConnectionString);

    public override Task SetMaster(MasterInfo master) => Scalar<int?>(
        $"UPDATE masters SET active = {(master.Active ? 1 : 0)}, last_active = {Timestamp.ToMicroseconds(master.LastActive)} WHERE id = {master.MasterId}");

    public override async ValueTask DisposeAsync() => await _server.Scalar<int?>($"DROP DATABASE {Database} WITH (FORCE)");

    private static async Task<PostgreSqlTestStore> Migrate()
    {
        PostgreSqlTestStore store = await Create(await SharedServer.Get());
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await PostgreSqlSchema.Migrate(connection, store.Database, CancellationToken.None);
        return store;
    }
}
