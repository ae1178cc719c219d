using System.Globalization;
using Microsoft.Data.Sqlite;

namespace BuildData.Benchmarks;

/// <summary>Races in writing beside a removal of old history.</summary>
internal static class PruneHeats
{
    private const int Writers = 64;

    // More builds than the writers use in a second, so that they never run out of builds.
    private const int FreshBuildsPerSecond = 6_000;

    private static readonly HistoryPolicy KeepsOne = new(TimeSpan.FromDays(30), atLeastPerBuilder: 1);

    /// <summary>prune: what 64 writers still do while old builds are removed.</summary>
    public static async Task<Heat> BesidePrune(RaceOptions options)
    {
        if (!options.Work.Contains("prune"))
            return Heat.None;

        Database database = await Database.Make(FreshBuildsOf(options));
        AddOldBuilds(database, options.OldBuilds);
        Master master = await Master.Open(database.ConnectionString);
        var steps = new OwnSteps(master.Data.Updates);
        string work = string.Create(CultureInfo.InvariantCulture, $"prune: step life cycle beside the removal of {options.OldBuilds:N0} builds, updates, synchronous=FULL");
        var remaining = new RemovalReport(master);
        return new Heat(
            [
                new(work, "alone", Writers, (_, goOn) => steps.Run(database.NextBuild, goOn)),
                new(work, "beside Prune", Writers, (caller, goOn) => caller == 0 ? RunBesidePrune(master.Data.Updates, () => steps.Run(database.NextBuild, goOn), remaining) : steps.Run(database.NextBuild, goOn)),
            ],
            remaining, master, database);
    }

    private static int FreshBuildsOf(RaceOptions options) =>
        (int)(((options.Turn * options.Rounds) + options.WarmUp).TotalSeconds * 2 * FreshBuildsPerSecond);

    private static async Task<long> RunBesidePrune(Updates updates, Func<Task<long>> write, RemovalReport report)
    {
        using var stop = new CancellationTokenSource();
        Task pruning = Task.Run(async () =>
        {
            try
            {
                PruneResult result = await updates.Prune(KeepsOne, cancellationToken: stop.Token);
                report.HasEnded |= !result.IsRunningElsewhere;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        });
        long done = await write();
        await stop.CancelAsync();
        await pruning;
        return done;
    }

    // Each with a build request, a buildset, a source stamp and five steps.
    private static void AddOldBuilds(Database database, long count)
    {
        using SqliteConnection connection = database.Open(Durability.Normal);
        using (SqliteCommand builder = connection.Kept("INSERT INTO builders (id, name) VALUES (2, 'old')", 0))
            builder.ExecuteNonQuery();
        foreach (string sql in (string[])
            [
                """
                WITH RECURSIVE ids (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM ids WHERE i < $1)
                INSERT INTO sourcestamps (id, revision, repository, project, codebase, created_at, key_hash)
                SELECT 1000 + i, i, '', '', '', 1600000000000000, 'hash ' || i FROM ids
                """,
                """
                WITH RECURSIVE ids (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM ids WHERE i < $1)
                INSERT INTO buildsets (id, reason, submitted_at, complete, complete_at, results)
                SELECT 1000 + i, 'nightly', 1600000000000000 + i * 1000000, 1, 1600000001000000 + i * 1000000, 2 FROM ids
                """,
                """
                INSERT INTO buildset_sourcestamps (buildset_id, sourcestamp_id) SELECT id, id FROM buildsets WHERE id > 1000 AND $1 > 0
                """,
                """
                INSERT INTO buildrequests (id, buildset_id, builder_id, priority, claimed_at, claimed_by, complete, complete_at, results, submitted_at, waited_for)
                SELECT id, id, 2, 0, submitted_at, 1, 1, complete_at, results, submitted_at, 0 FROM buildsets WHERE id > 1000 AND $1 > 0
                """,
                """
                INSERT INTO builds (id, number, builder_id, buildrequest_id, worker_id, master_id, started_at, complete, complete_at, locks_duration_s, state_string, results)
                SELECT 100000000 + id, id, 2, id, 1, 1, submitted_at, 1, complete_at, 0, 'finished', results FROM buildrequests WHERE id > 1000 AND $1 > 0
                """,
                """
                INSERT INTO build_properties (build_id, name, value, source) SELECT id, 'revision', '"9f3c1e"', 'Git' FROM builds WHERE builder_id = 2 AND $1 > 0
                """,
                """
                WITH numbers (n) AS (VALUES (0), (1), (2), (3), (4))
                INSERT INTO steps (build_id, builder_id, number, name, started_at, complete, complete_at, state_string, results, hidden)
                SELECT builds.id, 2, n, 'step' || n, started_at, 1, complete_at, 'finished', 0, 0 FROM builds, numbers WHERE builder_id = 2 AND $1 > 0 ORDER BY builds.id, n
                """,
            ])
        {
            using SqliteCommand fill = connection.Kept(sql, 1);
            fill.Bind(count).ExecuteNonQuery();
        }
    }

    /// <summary>Prints how many old builds are left, before the master is closed.</summary>
    private sealed class RemovalReport(Master master) : IAsyncDisposable
    {
        public bool HasEnded { get; set; }

        public async ValueTask DisposeAsync()
        {
            long left = await master.Data.Count<Build>("/builders/old/builds");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {left:N0} old builds are left{(HasEnded ? "; the removal ended early, so take more" : "")}"));
        }
    }
}
