using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>Processes that are killed while they write and remove old history leave a store behind in which nothing is left over.</summary>
internal sealed class KillsOfRemovalTests
{
    private const int Kills = 50;
    private const int KillsPerFile = 10;

    [Test]
    public async Task Open_AfterManyKills_EventsMakeJustTheStateThatIsStored()
    {
        int seed = Environment.TickCount;
        await TestContext.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        long removed = 0;
        await Parallel.ForAsync(0, Kills / KillsPerFile, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (file, _) =>
        {
            var random = new Random(seed + file);
            using var folder = new TempFolder();
            for (int kill = 0; kill < KillsPerFile; kill++)
            {
                await PruneAndKill(folder.Database, TimeSpan.FromMilliseconds(random.Next(200)));
                Interlocked.Add(ref removed, await Check(folder.ConnectionString, $"seed {seed}, file {file}, kill {kill}"));
            }
        });

        removed.Should().BePositive("a process that never came to remove a build would prove nothing");
    }

    private static async Task PruneAndKill(string database, TimeSpan delay)
    {
        await using TestHost host = await TestHost.Start("prune", database);
        await host.ReadLine();

        // Any moment will do.
        await Task.Delay(delay);
        await host.Kill();
    }

    /// <summary>Checks the store; the number of builds that were removed so far.</summary>
    private static async Task<long> Check(string connectionString, string moment)
    {
        await using Master master = await Master.Open(options =>
        {
            options.UseSqlite(connectionString).KeepEvents(TimeSpan.FromHours(1));
            options.MaxResults = int.MaxValue;
        });
        await master.Data.Updates.AddBuildset(reason: moment);
        await using Subscription kept = master.Data.Events.Subscribe(["/buildsets/*", "/buildrequests/*", "/builds/*", "/steps/*"], after: 0);
        List<DataEvent> events = await kept.UpTo(master.Data.Events.LastSequence);

        HashSet<object> model = Model(events);
        object[] stored =
        [
            .. await master.Data.GetAll<Buildset>("/buildsets"), .. await master.Data.GetAll<BuildRequest>("/buildrequests"),
            .. await master.Data.GetAll<Build>("/builds"), .. await master.Data.GetAll<Step>("/steps"),
        ];
        model.Except(stored).Should().BeEmpty(moment);
        model.Should().HaveCount(stored.Length, moment);
        events.Where(e => e.Name == "new").Select(e => e.Path).Should().OnlyHaveUniqueItems(moment);
        events.Where(e => e is { Name: "new", Resource: Build }).Select(e => ((Build)e.Resource).BuilderId + "/" + ((Build)e.Resource).Number).Should().OnlyHaveUniqueItems(moment);
        await using var connection = new SqliteConnection(connectionString + ";Pooling=False;Mode=ReadOnly");
        (await connection.QueryAsync("PRAGMA foreign_key_check")).Should().BeEmpty(moment);
        return events.Count(e => e is { Name: "removed", Resource: Build });
    }

    /// <summary>What the events, one after the other, make of nothing.</summary>
    private static HashSet<object> Model(List<DataEvent> events)
    {
        var model = new Dictionary<string, object>();
        var steps = new Dictionary<long, List<string>>();
        foreach (DataEvent e in events)
        {
            if (e.Name == "removed")
            {
                model.Remove(e.Path).Should().BeTrue(e.ToString());
                if (e.Resource is Build build && steps.Remove(build.BuildId, out List<string>? gone))
                    gone.ForEach(path => model.Remove(path));
                continue;
            }

            model[e.Path] = e.Resource is BuildRequest request ? request with { Properties = null } : e.Resource;
            if (e is { Name: "new", Resource: Step step })
            {
                if (!steps.TryGetValue(step.BuildId, out List<string>? paths))
                    steps.Add(step.BuildId, paths = []);
                paths.Add(e.Path);
            }
        }

        return [.. model.Values];
    }
}
