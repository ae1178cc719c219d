using System.Globalization;

namespace BuildData.Tests;

/// <summary>
/// Processes are killed while they start, cancel, finish and recover builds. Each time, the store holds what was acknowledged, and no claim
/// without a build.
/// </summary>
internal abstract class KilledLifecycleTests
{
    private const int Kills = 50;
    private const int MostLines = 100;

    [Test]
    public async Task Open_AfterEachOfManyKills_EveryBuildRequestAndBuildFitTogether()
    {
        int seed = Environment.TickCount;
        await TestContext.Out.WriteLineAsync($"seed {seed}");
        var random = new Random(seed);
        long[] openBefore = [];
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int recoveries = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            string moment = $"seed {seed}, kill {kill}";
            string[] printed = await RunAndKill(random.Next(MostLines));
            foreach (string word in printed.Select(line => line.Split(' ')[0]))
                counts[word] = counts.GetValueOrDefault(word) + 1;
            await using Master master = await OpenChecker();
            World world = await World.Read(master.Data);
            world.AssertConsistent(moment);
            world.AssertHolds(printed, moment);
            recoveries += world.AssertRecovered(openBefore, printed.Contains("recovered"), moment) ? 1 : 0;
            openBefore = world.OpenBuildIds;
        }

        await TestContext.Out.WriteLineAsync($"{Kills} kills, {recoveries} recoveries, acknowledged: {string.Join(", ", counts)}");
        recoveries.Should().BePositive("processes that never recovered anything would prove nothing");
        counts.Should().ContainKeys("started", "done", "cancelled", "requested");
    }

    protected abstract Task<TestHost> StartHost();

    protected abstract void UseStore(BuildDataOptions options);

    private async Task<string[]> RunAndKill(int lines)
    {
        await using TestHost host = await StartHost();
        return await host.KillAfter(lines);
    }

    private Task<Master> OpenChecker() => Master.Open(options =>
    {
        UseStore(options);
        options.MasterName = "checker";
        options.MaxResults = int.MaxValue;
    });

    /// <summary>Holds all that a store contains.</summary>
    private sealed record World(IReadOnlyList<Buildset> Sets, IReadOnlyList<BuildRequest> Requests, IReadOnlyList<Build> Builds, IReadOnlyList<Step> OpenSteps)
    {
        public long[] OpenBuildIds => [.. Builds.Where(build => !build.Complete).Select(build => build.BuildId)];

        public static async Task<World> Read(DataApi data) => new(
            await data.GetAll<Buildset>("/buildsets"), await data.GetAll<BuildRequest>("/buildrequests"),
            await data.GetAll<Build>("/builds"), await data.GetAll<Step>("/steps?complete=false"));

        public void AssertConsistent(string moment)
        {
            ILookup<long, Build> builds = Builds.ToLookup(build => build.BuildRequestId);
            foreach (BuildRequest request in Requests)
            {
                int running = builds[request.BuildRequestId].Count(build => !build.Complete);
                running.Should().Be(request is { Claimed: true, Complete: false } ? 1 : 0, "{0}, request {1}", moment, request);
                (request is { Claimed: false, Complete: false, CancelRequestedAt: not null }).Should().BeFalse("{0}, request {1} waits although it is cancelled", moment, request);
            }

            foreach (IGrouping<long, BuildRequest> set in Requests.GroupBy(request => request.BuildsetId))
                Sets.Single(buildset => buildset.BuildsetId == set.Key).Complete.Should().Be(set.All(request => request.Complete), moment);
            foreach (IGrouping<long, Build> ofBuilder in Builds.GroupBy(build => build.BuilderId))
                ofBuilder.Select(build => build.Number).Order().Should().Equal(Enumerable.Range(1, ofBuilder.Count()).Select(number => (long)number), moment);
            OpenSteps.Select(step => step.BuildId).Should().BeSubsetOf(OpenBuildIds, moment);
        }

        /// <summary>Asserts that the store holds what a process has printed.</summary>
        public void AssertHolds(string[] printed, string moment)
        {
            Dictionary<long, BuildRequest> requests = Requests.ToDictionary(request => request.BuildRequestId);
            Dictionary<long, Build> builds = Builds.ToDictionary(build => build.BuildId);
            foreach (string[] words in printed.Select(line => line.Split(' ')).Where(words => words.Length > 1))
            {
                long request = long.Parse(words[1], CultureInfo.InvariantCulture);
                requests.Should().ContainKey(request, moment);
                bool holds = words[0] switch
                {
                    "started" => builds[long.Parse(words[2], CultureInfo.InvariantCulture)].BuildRequestId == request,
                    "done" => requests[request].Results == BuildResult.Success,
                    "cancelled" => requests[request].Results == BuildResult.Cancelled,
                    _ => requests[request].CancelRequestedAt is not null,
                };
                holds.Should().BeTrue("{0}: {1}", moment, string.Join(' ', words));
            }
        }

        /// <summary>Asserts that the builds of the process before are all finished, or all open if the recovery was interrupted.</summary>
        /// <returns>Whether something was recovered.</returns>
        public bool AssertRecovered(long[] openBefore, bool isAcknowledged, string moment)
        {
            int stillOpen = openBefore.Intersect(OpenBuildIds).Count();
            stillOpen.Should().BeOneOf(isAcknowledged ? [0] : [0, openBefore.Length], moment);
            return openBefore.Length > 0 && stillOpen == 0;
        }
    }
}

/// <summary>The processes write to a SQLite file.</summary>
internal sealed class SqliteKilledLifecycleTests : KilledLifecycleTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    protected override Task<TestHost> StartHost() => TestHost.Start("life", _folder.Database);

    protected override void UseStore(BuildDataOptions options) => options.UseSqlite(_folder.ConnectionString);
}

/// <summary>The processes write to a PostgreSQL database.</summary>
internal sealed class PostgreSqlKilledLifecycleTests : KilledLifecycleTests
{
    private TestStore _store = null!;

    [SetUp]
    public async Task MakeStore() => _store = await StoreKinds.PostgreSql.Create();

    [TearDown]
    public async Task RemoveStore()
    {
        // There is none if the test was skipped because there is no server.
        if (_store is not null)
            await _store.DisposeAsync();
    }

    protected override Task<TestHost> StartHost() => TestHost.Start("pg-life", ((PostgreSqlTestStore)_store).ConnectionString, "master");

    protected override void UseStore(BuildDataOptions options) => _store.Use(options);
}
