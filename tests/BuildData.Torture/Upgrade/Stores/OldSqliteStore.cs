using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using BuildData.Stores;
using BuildData.Stores.Sqlite;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Torture.Upgrade.Stores;

/// <summary>A SQLite file with the schema of an older version.</summary>
/// <param name="file">The file; null for one in a folder of its own, which is deleted afterwards.</param>
internal sealed partial class OldSqliteStore(string? file = null) : OldStore
{
    private readonly TempFolder? _folder = file is null ? new TempFolder() : null;

    /// <summary>Gets the path of the file.</summary>
    public string File => file ?? _folder!.Database;

    /// <summary>Gets or sets the layer for files that a master uses, with which calls can fail.</summary>
    public FaultyFiles? Files { get; set; }

    public override SchemaScripts Scripts => SqliteSchema.Scripts;

    public override string[] ProcessArguments => ["--sqlite", File];

    public override void Use(BuildDataOptions options) => options.UseSqlite($"Data Source={File}{(Files is null ? "" : $";Vfs={Files.Name}")}");

    public override Task AwaitIdle() => Task.CompletedTask;

    public override async Task<DbConnection> Connect()
    {
        // The rows come in the order of their tables, not in that of their foreign keys.
        var connection = new SqliteConnection($"Data Source={File};Pooling=False;Foreign Keys=False");
        await connection.OpenAsync();
        return connection;
    }

    public override async Task<string> DescribeSchema()
    {
        await using DbConnection connection = await Connect();
        IEnumerable<string> parts = await connection.QueryAsync<string>("SELECT type || ' ' || name || ' on ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_schema");

        // A statement is kept with its comments and line breaks.
        return string.Join('\n', parts.Select(part => Blanks().Replace(Comments().Replace(part, ""), " ")).Order(StringComparer.Ordinal));
    }

    public override async Task SetVersion(long version)
    {
        await using DbConnection connection = await Connect();
        await connection.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}"));
    }

    public override async Task<long> ReadVersion()
    {
        await using DbConnection connection = await Connect();
        return await connection.ExecuteScalarAsync<long>("PRAGMA user_version");
    }

    public override async Task<IReadOnlySet<string>> ReadColumns(string table)
    {
        await using DbConnection connection = await Connect();
        return (await connection.QueryAsync<string>("SELECT name FROM pragma_table_info($table)", new { table })).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Copies the file. Nobody may have it open.</summary>
    public OldSqliteStore CopyFile()
    {
        var copy = new OldSqliteStore();
        System.IO.File.Copy(File, copy.File);
        return copy;
    }

    public override Task<OldStore> Copy() => Task.FromResult<OldStore>(CopyFile());

    public override ValueTask DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        _folder?.Dispose();
        return default;
    }

    protected override async Task PrepareSchema(DbConnection connection)
    {
        // As the library makes a file.
        await connection.ExecuteAsync("PRAGMA journal_mode = WAL");
        await connection.ExecuteAsync("PRAGMA application_id = 0x42646174");
    }

    protected override Task<IEnumerable<string>> ReadTables(DbConnection connection) =>
        connection.QueryAsync<string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'");

    [GeneratedRegex("--[^\n]*")]
    private static partial Regex Comments();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
