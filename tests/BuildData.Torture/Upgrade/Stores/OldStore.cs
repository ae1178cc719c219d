using System.Data.Common;
using System.Globalization;
using BuildData.Stores;
using BuildData.Torture.Load;
using Dapper;

namespace BuildData.Torture.Upgrade.Stores;

/// <summary>An empty database that gets the schema of an older version, without the library's own migration.</summary>
internal abstract class OldStore : IAsyncDisposable
{
    /// <summary>Gets the scripts of all versions.</summary>
    public abstract SchemaScripts Scripts { get; }

    /// <summary>Gets the option and the value by which <see cref="MigrationProcess"/> finds the database.</summary>
    public abstract string[] ProcessArguments { get; }

    /// <summary>Creates one.</summary>
    /// <param name="kind">The kind of store.</param>
    /// <param name="server">The server for a PostgreSQL database.</param>
    public static async Task<OldStore> Create(StoreKind kind, PostgreSqlServer? server) =>
        kind == StoreKind.Sqlite ? new OldSqliteStore() : await OldPostgreSqlStore.Create(server!);

    /// <summary>Lets a master use the database.</summary>
    public abstract void Use(BuildDataOptions options);

    /// <summary>Waits until nobody has the database open, and a server has undone what killed processes have begun.</summary>
    public abstract Task AwaitIdle();

    /// <summary>Opens a connection of the driver's.</summary>
    public abstract Task<DbConnection> Connect();

    /// <summary>Describes tables and indexes. Two databases with the same schema have the same description.</summary>
    public abstract Task<string> DescribeSchema();

    /// <summary>Runs the scripts up to a version.</summary>
    public async Task CreateSchema(long version)
    {
        await using DbConnection connection = await Connect();
        await PrepareSchema(connection);
        for (long next = 1; next <= version; next++)
            await connection.ExecuteAsync(Scripts.Read(next));
        await SetVersion(version);
    }

    /// <summary>Sets the number that says which version the schema has.</summary>
    public abstract Task SetVersion(long version);

    /// <summary>Reads that number.</summary>
    public abstract Task<long> ReadVersion();

    /// <summary>Opens it with the library, which migrates it.</summary>
    public Task<Master> Open(string masterName = OpenedBy) => Master.Open(options =>
    {
        Use(options);
        options.MasterName = masterName;
        options.MaxResults = int.MaxValue;

        // Longer than the age of all events.
        options.KeepEvents(TimeSpan.FromDays(30_000));
    });

    /// <summary>Returns which columns a table has; none if there is no such table.</summary>
    public abstract Task<IReadOnlySet<string>> ReadColumns(string table);

    /// <summary>Returns the number of rows and a hash of all rows, for each table.</summary>
    public async Task<string> DescribeRows()
    {
        await using DbConnection connection = await Connect();
        var text = new System.Text.StringBuilder();
        foreach (string table in (await ReadTables(connection)).Order(StringComparer.Ordinal))
        {
            long rows = 0;
            long sum = 0;
            await using DbDataReader reader = (DbDataReader)await connection.ExecuteReaderAsync($"SELECT * FROM {table}");
            while (await reader.ReadAsync())
            {
                rows++;
                sum += HashOfRow(reader);
            }

            text.Append(CultureInfo.InvariantCulture, $"{table}: {rows} rows, {sum:x}\n");
        }

        return text.ToString();
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>The name of the master that opens databases after the migration.</summary>
    public const string OpenedBy = "upgrade";

    /// <summary>The name of a second one.</summary>
    public const string OpenedBySecond = "upgrade-2";

    /// <summary>Copies the database. Nobody may have it open.</summary>
    public abstract Task<OldStore> Copy();

    protected abstract Task PrepareSchema(DbConnection connection);

    protected abstract Task<IEnumerable<string>> ReadTables(DbConnection connection);

    // The order of the rows is not determined, so their hashes are added up.
    private static long HashOfRow(DbDataReader reader)
    {
        ulong hash = 14_695_981_039_346_656_037;
        for (int i = 0; i < reader.FieldCount; i++)
        {
            string value = reader.GetValue(i) switch { byte[] bytes => Convert.ToHexString(bytes), DBNull => "null", object other => $"={other}" };
            foreach (char character in value)
                hash = unchecked((hash ^ character) * 1_099_511_628_211);
            hash = unchecked((hash ^ 0xFFFF) * 1_099_511_628_211);
        }

        return unchecked((long)hash);
    }
}
