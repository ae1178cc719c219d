using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>
/// A database file with BuildData's own schema, a builder, a worker and builds to add steps to: a fresh one for every ten
/// steps, as builds are. All contenders start from one.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    public const int StepsPerBuild = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("builddata-race-").FullName;
    private long _builds;

    public string Path => System.IO.Path.Combine(_folder, "builds.db");

    public string ConnectionString => $"Data Source={Path}";

    public static async Task<Database> Make(long builds)
    {
        var database = new Database();
        await using (Master master = await Master.Open(database.ConnectionString))
        {
            Updates updates = master.Data.Updates;
            await updates.FindWorkerId("worker-1");
            await updates.AddBuildset(builderIds: [await updates.FindBuilderId("linux")]);
        }

        await using SqliteConnection connection = database.Open(Durability.Normal);
        using SqliteCommand fill = connection.Kept(
            """
            WITH RECURSIVE ids (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM ids WHERE i < $1)
            INSERT INTO builds (id, number, builder_id, buildrequest_id, worker_id, master_id, started_at, complete, locks_duration_s, state_string)
            SELECT i, i, 1, 1, 1, 1, 1700000000000000, 0, 0, 'building' FROM ids
            """,
            1);
        fill.Bind(builds).ExecuteNonQuery();
        return database;
    }

    /// <summary>The last build that was given out to add steps to.</summary>
    public long LastBuild => Interlocked.Read(ref _builds);

    /// <summary>A build that has no steps yet.</summary>
    public long NextBuild() => Interlocked.Increment(ref _builds);

    /// <summary>A connection with the pragmas that BuildData's own have.</summary>
    public SqliteConnection Open(Durability durability) => Open(Path, durability);

    public static SqliteConnection Open(string path, Durability durability)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False;Foreign Keys=True");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = durability == Durability.Full
            ? "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"
            : "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL";
        command.ExecuteNonQuery();
        return connection;
    }

    /// <summary>Opens a file read-only, mapped into memory.</summary>
    public static Task<Master> OpenMapped(string path) =>
        Master.Open(options => options.UseSqlite($"Data Source={path};Mode=ReadOnly", sqlite => sqlite.MapMemory = true));

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
