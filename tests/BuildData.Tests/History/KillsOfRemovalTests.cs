using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>Processes that are killed while they write and remove old history leave a store behind in which nothing is left over.</summary>
internal abstract class KillsOfRemovalTests
{
    private const int Kills = 50;
    private const int KillsPerStore = 10;
    private const int MostLines = 100;

    [Test]
    public async Task Open_AfterManyKills_EventsMakeJustTheStateThatIsStored()
    {
        int seed = Environment.TickCount;
        await TestContext.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        long removed = 0;
        await Parallel.ForAsync(0, Kills / KillsPerStore, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (number, _) =>
        {
            var random = new Random(seed + number);
            await using KilledStore store = await CreateStore();
            for (int kill = 0; kill < KillsPerStore; kill++)
            {
                await PruneAndKill(store, random.Next(MostLines));
                Interlocked.Add(ref removed, await Check(store, $"seed {seed}, store {number}, kill {kill}"));
            }
        });

        removed.Should().BePositive("a process that never came to remove a build would prove nothing");
    }

    private protected abstract Task<KilledStore> CreateStore();

    private static async Task PruneAndKill(KilledStore store, int lines)
    {
        await using TestHost host = await store.StartHost();
        await host.KillAfter(lines);
    }

    /// <summary>Checks the store; the number of builds that were removed so far.</summary>
    private static async Task<long> Check(KilledStore store, string moment)
    {
        await using Master master = await Master.Open(options =>
        {
            store.Use(options);
            options.KeepEvents(TimeSpan.FromHours(1));
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
        await store.AssertNoOrphans(moment);
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

/// <summary>Represents a store to which processes write that are killed.</summary>
internal abstract class KilledStore : IAsyncDisposable
{
    public abstract Task<TestHost> StartHost();

    public abstract void Use(BuildDataOptions options);

    /// <summary>Asserts that no row refers to a row that does not exist.</summary>
    public abstract Task AssertNoOrphans(string moment);

    public abstract ValueTask DisposeAsync();
}

/// <summary>The processes write to SQLite files.</summary>
internal sealed class SqliteKillsOfRemovalTests : KillsOfRemovalTests
{
    private protected override Task<KilledStore> CreateStore() => Task.FromResult<KilledStore>(new File());

    private sealed class File : KilledStore
    {
        private readonly TempFolder _folder = new();

        public override Task<TestHost> StartHost() => TestHost.Start("prune", _folder.Database);

        public override void Use(BuildDataOptions options) => options.UseSqlite(_folder.ConnectionString);

        public override async Task AssertNoOrphans(string moment)
        {
            await using var connection = new SqliteConnection(_folder.ConnectionString + ";Pooling=False;Mode=ReadOnly");
            (await connection.QueryAsync("PRAGMA foreign_key_check")).Should().BeEmpty(moment);
        }

        public override ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>The processes write to PostgreSQL databases, whose foreign keys the server checks.</summary>
internal sealed class PostgreSqlKillsOfRemovalTests : KillsOfRemovalTests
{
    private protected override async Task<KilledStore> CreateStore() => new Database((PostgreSqlTestStore)await StoreKinds.PostgreSql.Create());

    private sealed class Database(PostgreSqlTestStore store) : KilledStore
    {
        public override Task<TestHost> StartHost() => TestHost.Start("pg-prune", store.ConnectionString, "master");

        public override void Use(BuildDataOptions options) => store.Use(options);

        // Steps are removed by their build, so no step may be left without one. The server keeps foreign keys.
        public override async Task AssertNoOrphans(string moment) =>
            (await store.Scalar<long>("SELECT count(*) FROM buildrequests AS request WHERE NOT EXISTS (SELECT FROM buildsets WHERE id = request.buildset_id)")).Should().Be(0, moment);

        public override ValueTask DisposeAsync() => store.DisposeAsync();
    }
}
