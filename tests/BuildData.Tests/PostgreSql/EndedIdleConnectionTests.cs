namespace BuildData.Tests;

/// <summary>
/// The server ends the idle connections of a pool while the driver is about to use one of them. Queries, and updates that have
/// changed nothing yet, run again on a new connection.
/// </summary>
internal sealed class EndedIdleConnectionTests : ProxyTests
{
    private const string EndConnections =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private long _step;

    [SetUp]
    public async Task OpenManyConnections()
    {
        _step = await Updates.Step();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Master.Data.GetAll<Step>("/steps"))));
    }

    [Test]
    public async Task Query_ConnectionIsEndedAtThatMoment_Works() =>
        (await WhileConnectionsEnd(() => Master.Data.Get<Step>($"/steps/{_step}")))!.StateString.Should().Be("pending");

    [Test]
    public async Task Watch_ConnectionIsEndedAtThatMoment_Begins()
    {
        await using Watch<Step> watch = await WhileConnectionsEnd(() => Master.Data.Watch<Step>("/steps"));

        watch.InitialResult.Should().ContainSingle();
    }

    [Test]
    public async Task ReadFrom_ConnectionIsEndedAtThatMoment_Works()
    {
        await using Subscription events = Master.Data.Events.Subscribe("/steps/*", new EventCursor(0), "new");

        (await WhileConnectionsEnd(() => events.Next(1))).Should().ContainSingle();
    }

    [Test]
    public async Task Transaction_ConnectionIsEndedAtItsBeginning_Works()
    {
        await WhileConnectionsEnd(async () =>
        {
            await Updates.Transaction(updates => updates.SetStepStateString(_step, "changed"));
            return true;
        });

        (await Master.Data.Get<Step>($"/steps/{_step}"))!.StateString.Should().Be("changed");
    }

    [Test]
    public async Task Update_ConnectionIsEndedAtThatMoment_Works()
    {
        await WhileConnectionsEnd(async () =>
        {
            await Updates.SetStepStateString(_step, "changed");
            return true;
        });

        (await Master.Data.Get<Step>($"/steps/{_step}"))!.StateString.Should().Be("changed");
    }

    /// <summary>Runs a call whose first message reaches a connection that the server has just ended.</summary>
    private async Task<T> WhileConnectionsEnd<T>(Func<Task<T>> run)
    {
        Proxy.Stall();
        Task<T> running = run();
        await Store.Scalar<long>(EndConnections);
        Proxy.GoOn();
        return await running.WaitAsync(Given.Patience);
    }
}
