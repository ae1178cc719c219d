using System.Data.Common;
using System.Diagnostics;
using BuildData.PostgreSql.Schema;
using BuildData.PostgreSql.Text;
using BuildData.Stores;
using Dapper;
using Npgsql;

namespace BuildData.Torture.Upgrade.Stores;

/// <summary>A PostgreSQL database with the schema of an older version.</summary>
internal sealed class OldPostgreSqlStore : OldStore
{
    private static int _lastNumber;

    private readonly PostgreSqlServer _server;
    private readonly string _database = $"upgrade_{Interlocked.Increment(ref _lastNumber)}";

    private OldPostgreSqlStore(PostgreSqlServer server) => _server = server;

    public override SchemaScripts Scripts { get; } = new(PostgreSqlDialect.Instance, typeof(PostgreSqlSchema).Assembly, "BuildData.PostgreSql.Schema.");

    public override string[] ProcessArguments => ["--postgresql", ConnectionString];

    public string ConnectionString => _server.ConnectionString(_database);

    /// <summary>Creates an empty database.</summary>
    public static Task<OldPostgreSqlStore> Create(PostgreSqlServer server) => Create(server, "template1");

    public override async Task<OldStore> Copy() => await Create(_server, _database);

    public override void Use(BuildDataOptions options) => options.UsePostgreSql(ConnectionString);

    public override Task AwaitIdle()
    {
        NpgsqlConnection.ClearAllPools();
        return _server.Until($"SELECT count(*) FROM pg_stat_activity WHERE datname = '{_database}'", 0L);
    }

    public override async Task<DbConnection> Connect()
    {
        var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    public override async Task<string> DescribeSchema()
    {
        var to = new NpgsqlConnectionStringBuilder(ConnectionString);
        var start = new ProcessStartInfo(
            Path.Combine(PostgreSqlBinaries.Folder!, "pg_dump"), ["--schema-only", "--no-owner", $"--dbname=host={to.Host} port={to.Port} user={to.Username} dbname={to.Database}"])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException("pg_dump has failed.");

        // Columns that were added later come last, so the lines of a table have an order. Lines with a backslash have a random key.
        return string.Join('\n', text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal) && line[0] != '\\'));
    }

    public override async Task SetVersion(long version)
    {
        await using DbConnection connection = await Connect();
        await connection.ExecuteAsync("UPDATE builddata_schema SET version = @version", new { version });
    }

    public override async Task<long> ReadVersion()
    {
        await using DbConnection connection = await Connect();
        return await connection.ExecuteScalarAsync<long>("SELECT version FROM builddata_schema");
    }

    public override async Task<IReadOnlySet<string>> ReadColumns(string table)
    {
        await using DbConnection connection = await Connect();
        return (await connection.QueryAsync<string>("SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = @table", new { table }))
            .ToHashSet(StringComparer.Ordinal);
    }

    public override async ValueTask DisposeAsync() => await _server.Scalar<int?>($"DROP DATABASE {_database} WITH (FORCE)");

    private static async Task<OldPostgreSqlStore> Create(PostgreSqlServer server, string template)
    {
        var store = new OldPostgreSqlStore(server);
        NpgsqlConnection.ClearAllPools();
        await server.Scalar<int?>($"CREATE DATABASE {store._database} TEMPLATE {template}");
        return store;
    }

    protected override Task PrepareSchema(DbConnection connection) =>
        connection.ExecuteAsync("CREATE TABLE builddata_schema (version BIGINT NOT NULL); INSERT INTO builddata_schema VALUES (0)");

    protected override Task<IEnumerable<string>> ReadTables(DbConnection connection) =>
        connection.QueryAsync<string>("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
}
