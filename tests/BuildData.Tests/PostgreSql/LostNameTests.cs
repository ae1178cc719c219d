namespace BuildData.Tests;

/// <summary>A process loses its master's name to another one while its connections that write still work.</summary>
internal sealed class LostNameTests
{
    // The connection that listens is the first that a master keeps, and holds its name.
    private const string EndListener =
        """
        SELECT pg_terminate_backend(pid, 10000) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database() ORDER BY a.backend_start LIMIT 1
        """;

    private PostgreSqlTestStore _store = null!;
    private PostgreSqlProxy _proxy = null!;
    private Master _first = null!;
    private Master? _second;
    private long _step;

    [SetUp]
    public async Task OpenBoth()
    {
        PostgreSqlServer server = await SharedServer.Get();
        _store = await PostgreSqlTestStore.Create(server);
        _proxy = PostgreSqlProxy.Start(server);
        _first = await Master.Open(options => options.UsePostgreSql(_proxy.Through(_store.ConnectionString)));
        _step = await _first.Data.Updates.Step();
        await _proxy.Refuse();
        await _store.Scalar<bool>(EndListener);
        _second = await _store.Open();
    }

    [TearDown]
    public async Task CloseBoth()
    {
        // There are none if the tests were skipped for want of a server.
        if (_second is not null)
            await _second.DisposeAsync();
        if (_first is null)
            return;
        _proxy.Admit();
        await _first.DisposeAsync();
        await _proxy.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task Update_OfTheFirst_FailsAndWritesNothing()
    {
        await _first.Data.Updates.Awaiting(u => u.SetStepStateString(_step, "first")).Should().ThrowAsync<StoreException>()
            .WithMessage("Another process has become this master*");

        (await _second!.Data.Get<Step>($"/steps/{_step}"))!.StateString.Should().Be("pending");
    }

    [Test]
    public async Task Update_OfTheSecond_Works()
    {
        await _second!.Data.Updates.SetStepStateString(_step, "second");

        (await _second.Data.Get<Step>($"/steps/{_step}"))!.StateString.Should().Be("second");
    }
}
