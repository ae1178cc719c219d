using System.Collections.Concurrent;

namespace BuildData.Tests;

/// <summary>
/// A master vanishes behind every message of an update's conversation with the server, or only loses the connection there. The
/// server has received exactly what came before, and does not notice. Others that want the same rows complete.
/// </summary>
internal sealed class CutConversationTests
{
    // The driver prepares a statement that it has seen a few times, and then sends other messages.
    private const int WarmUps = 6;

    // As many masters as vanish at a time.
    private const int AtOnce = 16;

    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(20);

    private readonly ConcurrentBag<string> _wrong = [];
    private PostgreSqlServer _server = null!;
    private PostgreSqlTestStore _store = null!;
    private Master _other = null!;

    [SetUp]
    public async Task OpenStore()
    {
        _wrong.Clear();
        _server = await SharedServer.Get();
        _store = (PostgreSqlTestStore)await PostgreSqlTestStore.Create();
        _other = await Open("other", _store.ConnectionString);
    }

    [TearDown]
    public async Task CloseStore()
    {
        // There is none if the test was skipped because there is no server.
        if (_store is null)
            return;
        await _other.DisposeAsync();
        await _store.DisposeAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public Task SetStepStateString_CutBehindEveryMessage_OthersUpdateTheStep(bool isWholeHost) => CutEverywhere(
        isWholeHost,
        async (updates, target, number) =>
        {
            await updates.SetStepStateString(target.Step, $"cut {number}");
            return true;
        },
        (updates, target, number) => updates.SetStepStateString(target.Step, $"other {number}"),
        (e, target) => e is { Name: "updated", Resource: Step { StateString: var state } step } && step.StepId == target.Step && state == $"cut {WarmUps}");

    [TestCase(true)]
    [TestCase(false)]
    public Task AddBuild_CutBehindEveryMessage_OthersAddBuildsToTheBuilder(bool isWholeHost) => CutEverywhere(
        isWholeHost,
        async (updates, target, number) => (await updates.AddBuild(target.Builder, target.Requests[number])).BuildId > 0,
        (updates, target, number) => updates.AddBuild(target.Builder, target.Requests[^1]),
        (e, target) => e is { Name: "new", Resource: Build build } && build.BuildRequestId == target.Requests[WarmUps]);

    [TestCase(true)]
    [TestCase(false)]
    public Task CompleteBuildRequests_CutBehindEveryMessage_OthersCompleteThem(bool isWholeHost) => CutEverywhere(
        isWholeHost,
        async (updates, target, number) => await updates.CompleteBuildRequests([target.Requests[number]], BuildResult.Success),
        (updates, target, number) => updates.CompleteBuildRequests([target.Requests[number]], BuildResult.Failure),
        (e, target) => e is { Name: "complete", Resource: BuildRequest { Results: BuildResult.Success } request } && request.BuildRequestId == target.Requests[WarmUps]);

    /// <summary>Cuts an update behind every message of it, each time that of another master on rows of its own.</summary>
    /// <param name="isWholeHost">Whether the master vanishes, or only one of its connections is half-open.</param>
    /// <param name="update">The update that is cut, of a target, with a number. It returns whether it has changed something.</param>
    /// <param name="others">An update of the same rows by another master.</param>
    /// <param name="announces">Whether an event is that of the update that is cut.</param>
    private async Task CutEverywhere(
        bool isWholeHost, Func<Updates, Target, int, Task<bool>> update, Func<Updates, Target, int, Task> others, Func<DataEvent, Target, bool> announces)
    {
        string types = await Record(update);
        await TestContext.Out.WriteLineAsync($"{types.Length} messages: {types}");

        int cuts = 0;
        foreach (int[] messages in Enumerable.Range(1, types.Length).Chunk(AtOnce))
            cuts += await CutAt(messages, isWholeHost, update, others, announces);

        cuts.Should().BeGreaterThan(types.Length / 2, "otherwise the test has tried little");
        _wrong.Order().Should().BeEmpty();
    }

    /// <summary>Returns the types of the messages that an update consists of.</summary>
    private async Task<string> Record(Func<Updates, Target, int, Task<bool>> update)
    {
        await using Vanishing master = await Prepare(0, update);
        MessageCut counted = master.Proxy.CountMessages();
        await update(master.Master.Data.Updates, master.Target, WarmUps);
        return counted.Types;
    }

    /// <summary>Cuts behind some messages at a time, and returns how often an update was cut.</summary>
    private async Task<int> CutAt(
        int[] messages, bool isWholeHost, Func<Updates, Target, int, Task<bool>> update, Func<Updates, Target, int, Task> others, Func<DataEvent, Target, bool> announces)
    {
        Vanishing[] masters = await Task.WhenAll(messages.Select(message => Prepare(message, update)));
        Subscription follower = _other.Data.Events.Subscribe(Given.Everything);
        MessageCut[] cuts = [.. masters.Select(master => master.Proxy.CutAt(master.Message, isWholeHost))];
        Task<bool>[] updates = [.. masters.Select(master => update(master.Master.Data.Updates, master.Target, WarmUps))];

        // A conversation can be shorter than it was.
        await Task.WhenAll(cuts.Select((cut, i) => Task.WhenAny(cut.Finished, updates[i]))).WaitAsync(Given.Patience);
        Task[] ofOthers = [.. masters.Select(master => others(_other.Data.Updates, master.Target, WarmUps))];
        await Task.WhenAll(masters.Zip(ofOthers, (master, other) => Expect(master, other, "another master's update")));
        Task<List<DataEvent>> following = follower.UpToNow(_other.Data.Updates);
        await Expect(masters[^1], following, "another master's follower");

        int reached = cuts.Count(cut => cut.Finished.IsCompleted);
        foreach (Vanishing master in masters)
            master.Proxy.Heal();
        bool?[] outcomes = await Task.WhenAll(updates.Select(Outcome));
        await Task.WhenAny(Task.WhenAll([.. ofOthers, following])).WaitAsync(Given.Patience);
        foreach (Vanishing master in masters)
            await master.DisposeAsync();
        Check(masters, outcomes, await _other.AllEvents(), announces);
        return reached;
    }

    private async Task Expect(Vanishing master, Task task, string what)
    {
        if (await Task.WhenAny(task, Task.Delay(MostWait)) != task)
            _wrong.Add($"{master.Message}: {what} has taken more than {MostWait.TotalSeconds} seconds.");
        else if (task.Exception?.InnerException is { } error)
            _wrong.Add($"{master.Message}: {what} has failed. {error.Message}");
    }

    private void Check(Vanishing[] masters, bool?[] outcomes, List<DataEvent> events, Func<DataEvent, Target, bool> announces)
    {
        foreach ((Vanishing master, bool? outcome) in masters.Zip(outcomes))
        {
            int announced = events.Count(e => announces(e, master.Target));
            if (announced > 1 || (outcome == true && announced == 0) || (outcome == false && announced > 0))
            {
                string told = outcome switch { true => "has succeeded", false => "has failed", null => "has an unknown outcome" };
                _wrong.Add($"{master.Message}: the update {told} and was announced {announced} times.");
            }
        }
    }

    /// <summary>Returns whether an update has changed something; null if that is not known.</summary>
    private static async Task<bool?> Outcome(Task<bool> update)
    {
        try
        {
            return await update.WaitAsync(Given.Patience);
        }
        catch (StoreException error)
        {
            return error.IsOutcomeUnknown ? null : false;
        }
    }

    private static Task<Master> Open(string name, string connectionString) => Master.Open(options =>
    {
        options.UsePostgreSql(connectionString).MasterName = name;
        options.CollapseBuildRequests = CollapsePolicy.Never;
        options.KeepEvents(TimeSpan.FromDays(1));

        // A heartbeat would be part of the conversation.
        options.Heartbeat = TimeSpan.FromHours(1);
    });

    /// <summary>Opens a master that is to vanish behind a message, and makes its update so often that the next is like any other.</summary>
    private async Task<Vanishing> Prepare(int message, Func<Updates, Target, int, Task<bool>> update)
    {
        Updates updates = _other.Data.Updates;
        string name = $"{message}";
        long builder = await updates.FindBuilderId(name);
        var requests = new List<long>();
        for (int i = 0; i < WarmUps + 2; i++)
            requests.Add((await updates.AddBuildset(builderIds: [builder])).BuildRequestIds[builder]);
        AddedBuild build = await updates.AddBuild(builder, requests[^1]);
        var target = new Target(builder, requests, (await updates.NewStep(build.BuildId, "s")).StepId);

        PostgreSqlProxy proxy = PostgreSqlProxy.Start(_server);
        Master master = await Open(name, proxy.Through(_store.ConnectionString + ";Timeout=5;Command Timeout=5"));
        for (int i = 0; i < WarmUps; i++)
            await update(master.Data.Updates, target, i);
        return new Vanishing(message, proxy, master, target);
    }

    /// <summary>The rows that an update changes.</summary>
    private sealed record Target(long Builder, List<long> Requests, long Step);

    /// <summary>A master that vanishes behind a message.</summary>
    private sealed record Vanishing(int Message, PostgreSqlProxy Proxy, Master Master, Target Target) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Master.DisposeAsync();
            await Proxy.DisposeAsync();
        }
    }
}
