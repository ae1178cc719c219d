using System.Globalization;

namespace BuildData.Tests;

/// <summary>
/// Eight processes with eight callers each share everything on one server, whose disk is really written, and another follows:
/// whatever was acknowledged is there, once, and has been announced, once. <c>BUILDDATA_SOAK_SECONDS</c> says for how long.
/// </summary>
internal sealed class ManyMastersTests
{
    private const int Masters = 8;
    private const int Callers = 8;

    // Half of the callers at least have not finished a step by then, and go on until they have, so all are still at work.
    private const int StepsUnderWay = Masters * Callers / 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly int Seconds =
        int.TryParse(Environment.GetEnvironmentVariable("BUILDDATA_SOAK_SECONDS"), CultureInfo.InvariantCulture, out int seconds) ? seconds : 8;

    private PostgreSqlServer _server = null!;
    private PostgreSqlTestStore _store = null!;
    private Onlooker _onlooker = null!;
    private Task<TestHost>[] _hosts = [];

    [SetUp]
    public async Task StartMasters()
    {
        _server = await Required.StartServer(durable: true);
        _store = await PostgreSqlTestStore.Create(_server);
        _onlooker = await Onlooker.Start(_store);
        int seed = Random.Shared.Next();
        await TestContext.Out.WriteLineAsync($"Seed: {seed}");
        _hosts = [.. Enumerable.Range(0, Masters).Select(i => TestHost.Start(
            "pg-mix", _store.ConnectionString, $"m{i}", $"{Seconds}", $"{Callers}", string.Create(CultureInfo.InvariantCulture, $"{unchecked(seed + (i * 1000)) & int.MaxValue}")))];
        await Task.WhenAll(_hosts);
    }

    [TearDown]
    public async Task EndMasters()
    {
        foreach (Task<TestHost> host in _hosts.Where(host => host.IsCompletedSuccessfully))
            await (await host).DisposeAsync();

        // There is none if the test was skipped because there is no server.
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [Test]
    public async Task Updates_OfManyMasters_AreAllThereAndAnnouncedOnce()
    {
        string[] said = await Load();

        Failures(said).Should().BeEmpty();
        await AssertAllIsWell(said, allAcknowledged: true);
    }

    [Test]
    public async Task Updates_ServerIsRestarted_LoseNothingThatWasAcknowledged()
    {
        Task<string[]> load = Load();
        await StepsAreUnderWay();
        await _server.Restart();

        string[] said = await load;
        Failures(said).Should().NotBeEmpty("it was restarted under load");
        await AssertAllIsWell(said, allAcknowledged: false);
    }

    [Test]
    public async Task Updates_ServerCrashes_LoseNothingThatWasAcknowledged()
    {
        Task<string[]> load = Load();
        await StepsAreUnderWay();
        await _server.StopImmediately();
        await _server.Restart();

        string[] said = await load;
        Failures(said).Should().NotBeEmpty("it crashed under load");
        await AssertAllIsWell(said, allAcknowledged: false);
    }

    /// <summary>Lets all masters work until their time is over; what they have said.</summary>
    private async Task<string[]> Load()
    {
        string[][] said = await Task.WhenAll(_hosts.Select(async host => await (await host).Run()));
        foreach (string[] lines in said)
            lines.Should().EndWith("done");
        return [.. said.SelectMany(lines => lines[..^1])];
    }

    private Task StepsAreUnderWay() => _store.Until($"SELECT count(*) >= {StepsUnderWay} FROM steps", true, Patience);

    private static IEnumerable<string> Failures(string[] said) => said.Where(line => line.StartsWith("failed", StringComparison.Ordinal));

    private async Task AssertAllIsWell(string[] said, bool allAcknowledged)
    {
        await _onlooker.Finish();
        LoadTables tables = await LoadTables.Read(_store.ConnectionString);
        long deadlocks = await _store.Scalar<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
        await TestContext.Out.WriteLineAsync(
            $"{said.Length} lines, {Failures(said).Count()} failures, {deadlocks} deadlocks, {tables.Events.Count} events, {tables.Steps.Count} steps, {tables.Requests.Count} requests");

        AssertNumbers(tables);
        AssertAcknowledged(said, tables);
        AssertClaims(said, tables, allAcknowledged);
        AssertBuildsets(tables);
        AssertEvents(tables);
        (await _onlooker.Heard).Select(e => (e.Sequence, e.Name, e.Id)).Should().Equal(
            tables.PublicEvents.Where(e => e.Sequence > _onlooker.FirstSequence).Select(e => (e.Sequence, e.Name, e.ResourceId)),
            "every event is announced once, in order");
        await _onlooker.AssertAgreesWith(_store);
    }

    private static void AssertNumbers(LoadTables tables)
    {
        foreach (IGrouping<long, LoadTables.BuildRowOf> builds in tables.Builds.GroupBy(build => build.BuilderId))
            builds.Select(build => build.Number).Should().Equal(Enumerable.Range(1, builds.Count()).Select(number => (long)number));
        foreach (IGrouping<long, LoadTables.StepRowOf> steps in tables.Steps.GroupBy(step => step.BuildId))
        {
            steps.Select(step => step.Number).Should().Equal(Enumerable.Range(0, steps.Count()).Select(number => (long)number));
            steps.Select(step => step.Name).Should().OnlyHaveUniqueItems();
        }

        tables.Steps.Should().NotBeEmpty().And.NotContain(step => step.Name == "never", "its transaction was undone");
    }

    private static void AssertAcknowledged(string[] said, LoadTables tables)
    {
        string[] facts = [.. said.Where(line => line.Split(' ')[0] is not ("claimed" or "unclaimed" or "failed"))];

        facts.Except(tables.Facts()).Should().BeEmpty("what was acknowledged is there");
        facts.Where(line => line.Split(' ')[0] is not ("builder" or "worker")).Should().OnlyHaveUniqueItems("each happens once");
    }

    private static void AssertClaims(string[] said, LoadTables tables, bool allAcknowledged)
    {
        Dictionary<string, int> acknowledged = said.CountBy(line => line).ToDictionary();
        ILookup<long, string> events = tables.Events
            .Where(e => e.Kind == "build request" && e.Name is "claimed" or "unclaimed").ToLookup(e => e.ResourceId, e => e.Name);
        foreach (LoadTables.RequestRow request in tables.Requests)
        {
            string[] names = [.. events[request.Id]];
            names.Where((name, i) => name != (i % 2 == 0 ? "claimed" : "unclaimed")).Should().BeEmpty("request {0} is claimed when it is free alone", request.Id);
            request.Claimed.Should().Be(names.Length % 2 == 1);

            // One that was collapsed was claimed by whoever asked for the newer one.
            int claims = names.Count(name => name == "claimed") - (request.Results == (long)BuildResult.Skipped ? 1 : 0);
            int unclaims = names.Count(name => name == "unclaimed");
            (int Claims, int Unclaims) ours = (acknowledged.GetValueOrDefault($"claimed {request.Id}"), acknowledged.GetValueOrDefault($"unclaimed {request.Id}"));
            if (allAcknowledged)
                ours.Should().Be((claims, unclaims), "request {0} was claimed by one at a time", request.Id);
            else
                (ours.Claims <= claims && ours.Unclaims <= unclaims).Should().BeTrue("claims of request {0} are not lost", request.Id);
        }
    }

    private static void AssertBuildsets(LoadTables tables)
    {
        ILookup<long, LoadTables.RequestRow> requests = tables.Requests.ToLookup(request => request.BuildsetId);
        ILookup<long, string> completions = tables.Events
            .Where(e => e.Kind == "buildset" && e.Name == "complete").ToLookup(e => e.ResourceId, e => e.Name);
        foreach ((long id, bool complete, _) in tables.Buildsets)
        {
            complete.Should().Be(requests[id].All(request => request.Complete), "buildset {0} is complete when its requests are", id);
            completions[id].Should().HaveCount(complete ? 1 : 0, "the end of buildset {0} is announced once", id);
        }
    }

    private static void AssertEvents(LoadTables tables)
    {
        tables.Events.Select(e => e.Sequence).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        Begun("buildset").Should().Equal(tables.Buildsets.Select(buildset => buildset.Id).Order());
        Begun("build request").Should().Equal(tables.Requests.Select(request => request.Id).Order());
        Begun("build").Should().Equal(tables.Builds.Select(build => build.Id).Order());
        Begun("step").Should().Equal(tables.Steps.Select(step => step.Id).Order());

        IEnumerable<long> Begun(string kind) => tables.Events.Where(e => e.Kind == kind && e.Name == "new").Select(e => e.ResourceId).Order();
    }
}
