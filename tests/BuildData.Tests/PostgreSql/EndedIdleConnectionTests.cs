namespace BuildData.Tests;

/// <summary>
/// The server ends the idle connections of a pool while the driver is about to use one of them. What changes nothing, or has not
/// begun to, is run again on a new connection.
/// </summary>
internal sealed class EndedIdleConnectionTests
{
    private const string EndConnections =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private PostgreSqlTestStore _store = null!;
    private PostgreSqlProxy _proxy = null!;
    private Master _master = null!;
    private long _step;

    [SetUp]
    public async Task OpenMaster()
    {
        PostgreSqlServer server = await SharedServer.Get();
        _store = await PostgreSqlTestStore.Create(server);
        _proxy = PostgreSqlProxy.Start(server);
        _master = await Master.Open(options => options.UsePostgreSql(_proxy.Through(_store.ConnectionString)).KeepEvents(TimeSpan.FromHours(1)));
        _step = await _master.Data.Updates.Step();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _master.Data.GetAll<Step>("/steps"))));
    }

    [TearDown]
    public async Task CloseMaster()
    {
        // There is none if the tests were skipped for want of a server.
        if (_master is null)
            return;
        await _master.DisposeAsync();
        await _proxy.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task Query_ConnectionIsEndedAtThatMoment_Works() =>
        (await WhileConnectionsEnd(() => _master.Data.Get<Step>($"/steps/{_step}")))!.StateString.Should().Be("pending");

    [Test]
    public async Task Watch_ConnectionIsEndedAtThatMoment_Begins()
    {
        await using Watch<Step> watch = await WhileConnectionsEnd(() => _master.Data.Watch<Step>("/steps"));

        watch.Answer.Should().ContainSingle();
    }

    [Test]
    public async Task ReadFrom_ConnectionIsEndedAtThatMoment_Works()
    {
        await using Subscription events = _master.Data.Events.Subscribe("/steps/*", new EventCursor(0), "new");

        (await WhileConnectionsEnd(() => events.Next(1))).Should().ContainSingle();
    }

    [Test]
    public async Task Transaction_ConnectionIsEndedAtItsBeginning_Works()
    {
        await WhileConnectionsEnd(async () =>
        {
            await _master.Data.Updates.Transaction(updates => updates.SetStepStateString(_step, "changed"));
            return true;
        });

        (await _master.Data.Get<Step>($"/steps/{_step}"))!.StateString.Should().Be("changed");
    }

    [Test]
    public async Task Update_ConnectionIsEndedAtThatMoment_Works()
    {
        await WhileConnectionsEnd(async () =>
        {
            await _master.Data.Updates.SetStepStateString(_step, "changed");
            return true;
        });

        (await _master.Data.Get<Step>($"/steps/{_step}"))!.StateString.Should().Be("changed");
    }

    /// <summary>Runs something whose first message reaches a connection that the server has just ended.</summary>
    private async Task<T> WhileConnectionsEnd<T>(Func<Task<T>> run)
    {
        _proxy.Stall();
        Task<T> running = run();
        await _store.Scalar<long>(EndConnections);
        _proxy.GoOn();
        return await running.WaitAsync(Given.Patience);
    }
}
