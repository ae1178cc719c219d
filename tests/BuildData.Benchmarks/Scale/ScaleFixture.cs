using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>
/// Databases with a long history, written in bulk: builds of ten steps each, of which one in twenty failed, spread evenly over
/// ten builders, each for a buildset of its own.
/// </summary>
internal static class ScaleFixture
{
    public const int StepsPerBuild = 10;
    public const int Builders = 10;

    private const long SmallBuilds = 1_000;
    private const long LargeBuilds = 1_000_000;
    private const long Batch = 100_000;

    public static string Builder(long index) => $"builder-{index}";

    public static string Small(string folder) => Path.Combine(folder, "small.db");

    public static string Large(string folder) => Path.Combine(folder, "large.db");

    public static async Task Make(string folder)
    {
        Directory.CreateDirectory(folder);
        await Make(Small(folder), SmallBuilds);
        await Make(Large(folder), LargeBuilds);
    }

    /// <summary>Makes a database, unless it is there already.</summary>
    public static async Task Make(string file, long builds)
    {
        if (File.Exists(file))
            return;

        long start = Stopwatch.GetTimestamp();
        string making = file + ".making";
        File.Delete(making);
        await using (Master master = await Master.Open($"Data Source={making}"))
        {
            for (int i = 0; i < Builders; i++)
                await master.Data.Updates.FindBuilderId(Builder(i));
            await master.Data.Updates.FindWorkerId("worker-1");
            await master.Data.Updates.AddBuildset(sourceStamps: [new SourceStampKey { Repository = "https://example.org/app.git", Branch = "main" }]);
        }

        await using (SqliteConnection connection = Database.Open(making, Durability.Normal))
        {
            for (long first = 1; first <= builds; first += Batch)
                Fill(connection, first, Math.Min(first + Batch - 1, builds));
            using SqliteCommand checkpoint = connection.Kept("PRAGMA wal_checkpoint(TRUNCATE)", 0);
            checkpoint.ExecuteNonQuery();
        }

        File.Move(making, file);
        if (builds > SmallBuilds)
            Console.WriteLine($"{file}: {builds:N0} builds, {builds * StepsPerBuild:N0} steps, {new FileInfo(file).Length >> 20:N0} MiB, in {Stopwatch.GetElapsedTime(start).TotalSeconds:N0} s");
    }

    private static void Fill(SqliteConnection connection, long first, long last)
    {
        const string Ids = "WITH RECURSIVE ids (i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM ids WHERE i < $2) ";
        string[] statements =
        [
            // The first buildset is the one that brought the source stamp.
            Ids + "INSERT INTO buildsets (id, scheduler, reason, submitted_at, complete, complete_at, results) SELECT i + 1, 'nightly', 'nightly build', 1700000000000000 + i * 1000000, 1, 1700000000000000 + i * 1000000 + 60000000, 0 FROM ids",
            Ids + "INSERT INTO buildset_sourcestamps (buildset_id, sourcestamp_id) SELECT i + 1, 1 FROM ids",
            Ids + "INSERT INTO buildrequests (id, buildset_id, builder_id, priority, claimed_at, claimed_by, complete, complete_at, results, submitted_at, waited_for, collapse_key) SELECT i, i + 1, (i - 1) % 10 + 1, 0, 1700000000000000 + i * 1000000, 1, 1, 1700000000000000 + i * 1000000 + 60000000, 0, 1700000000000000 + i * 1000000, 0, '1' FROM ids",
            Ids + "INSERT INTO builds (id, number, builder_id, buildrequest_id, worker_id, master_id, started_at, complete, complete_at, locks_duration_s, state_string, results) SELECT i, (i - 1) / 10 + 1, (i - 1) % 10 + 1, i, 1, 1, 1700000000000000 + i * 1000000, 1, 1700000000000000 + i * 1000000 + 60000000, 0, 'finished', 0 FROM ids",
            Ids + ", numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 9) INSERT INTO steps (id, build_id, builder_id, number, name, started_at, complete, complete_at, state_string, results, urls, hidden) SELECT (i - 1) * 10 + n + 1, i, (i - 1) % 10 + 1, n, 'step-' || n, 1700000000000000 + i * 1000000, 1, 1700000000000000 + i * 1000000 + 6000000, 'finished after 80 files', CASE ((i * 10 + n) * 2654435761 / 128) % 20 WHEN 0 THEN 2 ELSE 0 END, '[{\"name\":\"log\",\"url\":\"https://example.org/logs/1\"}]', 0 FROM ids, numbers",
        ];
        using SqliteTransaction transaction = connection.BeginTransaction();
        foreach (string statement in statements)
        {
            using SqliteCommand command = connection.Kept(statement.Replace("\\\"", "\"", StringComparison.Ordinal), 2);
            command.Transaction = transaction;
            command.Bind(first, last).ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
