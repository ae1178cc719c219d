using System.Collections.Concurrent;

namespace BuildData.Tests;

/// <summary>An administrator ends all connections again and again while two masters write.</summary>
internal sealed class KilledBackendsTests() : StoreTests(StoreKinds.PostgreSql)
{
    private const int Rounds = 50;
    private const int Callers = 16;

    private const string Last = "last";

    private const string EndConnections =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private readonly ConcurrentBag<string> _acknowledged = [];
    private readonly ConcurrentBag<string> _failed = [];

    private Master[] _masters = [];

    [TearDown]
    public async Task CloseMasters()
    {
        foreach (Master master in _masters)
            await master.DisposeAsync();
    }

    [Test]
    public async Task Updates_AllConnectionsAreEndedAgainAndAgain_NothingIsLostOrDoubled()
    {
        _masters = [await Open("first"), await Open("second")];
        long[] steps = await _masters[0].Data.Updates.Steps(2 * Callers);
        Subscription[] followers = [.. _masters.Select(master => master.Data.Events.Subscribe("/steps/*", "updated"))];
        SteadyLoad load = SteadyLoad.Start(2 * Callers, (caller, number) => Update(_masters[caller % 2], steps[caller], $"{caller}/{number}"));

        for (int round = 0; round < Rounds; round++)
        {
            await ((PostgreSqlTestStore)Store).Scalar<long>(EndConnections);
            await SomeAreAcknowledged();
        }

        await load.GoesOn();
        await load.Stop();
        await _masters[0].Data.Updates.SetStepStateString(steps[0], Last);
        List<DataEvent>[] heard = await Task.WhenAll(followers.Select(follower => follower.UpTo(e => State(e) == Last)));
        List<DataEvent> announced = [.. (await _masters[1].AllEvents()).Where(e => e is { Name: "updated", Resource: Step })];
        string[] states = [.. announced.Select(State)];
        await TestContext.Out.WriteLineAsync($"{_acknowledged.Count} acknowledged, {_failed.Count} failed for certain, {states.Length} announced");

        states.Should().OnlyHaveUniqueItems("nothing is doubled");
        _acknowledged.Except(states).Should().BeEmpty("what was acknowledged is there");
        _failed.Intersect(states).Should().BeEmpty("what has failed is not there, unless its outcome is unknown");
        foreach (List<DataEvent> events in heard)
        {
            events.Select(e => (e.Sequence, State(e))).Should().Equal(
                announced.Take(events.Count).Select(e => (e.Sequence, State(e))), "a follower hears everything once and in order");
        }
    }

    private static string State(DataEvent e) => ((Step)e.Resource).StateString;

    private async Task Update(Master master, long step, string state)
    {
        try
        {
            await master.Data.Updates.SetStepStateString(step, state);
            _acknowledged.Add(state);
        }
        catch (StoreException error)
        {
            if (!error.IsOutcomeUnknown)
                _failed.Add(state);
        }
    }

    private async Task SomeAreAcknowledged()
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        int before = _acknowledged.Count;
        while (_acknowledged.Count == before)
            await Task.Delay(1, patience.Token);
    }

    private Task<Master> Open(string name) => Store.Open(options =>
    {
        options.MasterName = name;
        options.KeepEvents(TimeSpan.FromDays(1));
    });
}
