using BuildData.PostgreSql;
using Dapper;
using Npgsql;

namespace BuildData.Tests;

/// <summary>A PostgreSQL database of a test's own.</summary>
internal sealed class PostgreSqlTestStore : TestStore
{
    private static readonly Lazy<Task<PostgreSqlTestStore>> Migrated = new(Migrate);
    private static int _lastNumber;

    private readonly PostgreSqlServer _server;
    private readonly string _database = $"builds_{Interlocked.Increment(ref _lastNumber)}";

    private PostgreSqlTestStore(PostgreSqlServer server) => _server = server;

    public string ConnectionString => _server.ConnectionString(_database);

    /// <summary>Makes one on the shared server that no master has to migrate any more.</summary>
    public static async Task<TestStore> Create()
    {
        PostgreSqlTestStore migrated = await Migrated.Value;
        return await Create(migrated._server, migrated._database);
    }

    /// <summary>Makes one that is empty.</summary>
    public static Task<PostgreSqlTestStore> Create(PostgreSqlServer server) => Create(server, "template1");

    public override void Use(BuildDataOptions options) => options.UsePostgreSql(ConnectionString);

    public override async ValueTask DisposeAsync() => await Execute(_server, $"DROP DATABASE {_database} WITH (FORCE)");

    private static async Task<PostgreSqlTestStore> Create(PostgreSqlServer server, string template)
    {
        var store = new PostgreSqlTestStore(server);
        await Execute(server, $"CREATE DATABASE {store._database} TEMPLATE {template}");
        return store;
    }

    private static async Task<PostgreSqlTestStore> Migrate()
    {
        PostgreSqlTestStore store = await Create(await SharedServer.Get());
        await using var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await Schema.Migrate(connection, store._database, CancellationToken.None);
        return store;
    }

    private static async Task Execute(PostgreSqlServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString() + ";Pooling=false");
        await connection.ExecuteAsync(sql);
    }
}
