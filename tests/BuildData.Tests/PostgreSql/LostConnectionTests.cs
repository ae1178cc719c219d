using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;

namespace BuildData.Tests;

/// <summary>The server is stopped, or ends connections: what fails says so, nothing is half done, and all goes on afterwards.</summary>
internal sealed class LostConnectionTests
{
    private const string EndConnections = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

    private PostgreSqlServer _server = null!;
    private PostgreSqlTestStore _store = null!;
    private Master _master = null!;

    private Updates Updates => _master.Data.Updates;

    [OneTimeSetUp]
    public async Task StartServer() => _server = await Required.StartServer(durable: false);

    [OneTimeTearDown]
    public async Task EndServer()
    {
        // There is none if the tests were skipped for want of it.
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [SetUp]
    public async Task OpenMaster()
    {
        _store = await PostgreSqlTestStore.Create(_server);
        _master = await Open("here");
    }

    [TearDown]
    public async Task CloseMaster()
    {
        await _server.Restart();
        await _master.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task Update_ServerIsStopped_FailsAndNamesHostAndDatabase()
    {
        long build = await Updates.Build();
        await _server.Stop();

        await Updates.Awaiting(u => u.NewStep(build, "s")).Should().ThrowAsync<StoreException>().WithMessage($"*127.0.0.1/{_store.Database}*");
    }

    [Test]
    public async Task Update_ServerIsBack_Works()
    {
        long build = await Updates.Build();
        await _server.Stop();
        await Updates.Awaiting(u => u.NewStep(build, "s")).Should().ThrowAsync<StoreException>();
        await _server.Restart();

        (await Updates.NewStep(build, "s")).Name.Should().Be("s", "nothing of what failed is there");
    }

    [Test]
    public async Task Update_ServerWasRestartedMeanwhile_Works()
    {
        long build = await Updates.Build();
        await ReadAtOnce(8);
        await _server.Restart();

        (await Updates.NewStep(build, "s")).Name.Should().Be("s");
    }

    [Test]
    public async Task Update_FailsForTheServer_IsNotAnnounced()
    {
        long build = await Updates.Build();
        Subscription steps = _master.Data.Events.Subscribe("/steps/*");
        await _server.Stop();
        await Updates.Awaiting(u => u.NewStep(build, "lost")).Should().ThrowAsync<StoreException>();
        await _server.Restart();

        await Updates.NewStep(build, "found");

        (await steps.Next(1)).Select(e => ((Step)e.Resource).Name).Should().Equal("found");
    }

    [Test]
    public async Task Read_ServerIsStopped_FailsAndNamesHostAndDatabase()
    {
        await _master.Data.GetAll<Build>("/builds");
        await _server.Stop();

        await _master.Awaiting(m => m.Data.GetAll<Build>("/builds")).Should().ThrowAsync<StoreException>().WithMessage($"*127.0.0.1/{_store.Database}*");
    }

    [Test]
    public async Task Read_ServerWasRestartedMeanwhile_Works()
    {
        await Updates.Build();
        await ReadAtOnce(8);
        await _server.Restart();

        (await _master.Data.GetAll<Build>("/builds")).Should().ContainSingle();
    }

    [Test]
    public async Task Watch_ServerWasRestartedMeanwhile_Begins()
    {
        await Updates.Build();
        await ReadAtOnce(8);
        await _server.Restart();

        await using Watch<Build> watch = await _master.Data.Watch<Build>("/builds");

        watch.InitialResult.Should().ContainSingle();
    }

    [Test]
    public async Task Transaction_ServerIsStoppedInIt_FailsAndLeavesNothing()
    {
        long build = await Updates.Build();

        await Updates.Awaiting(u => u.Transaction(async updates =>
        {
            await updates.NewStep(build, "lost");
            await _server.Stop();
            await updates.NewStep(build, "lost_too");
        })).Should().ThrowAsync<StoreException>();

        await _server.Restart();
        (await _master.Data.GetAll<Step>("/steps")).Should().BeEmpty();
    }

    [Test]
    public async Task Transaction_ServerIsStoppedBeforeItsEnd_FailsAndLeavesNothing()
    {
        long build = await Updates.Build();

        await Updates.Awaiting(u => u.Transaction(async updates =>
        {
            await updates.NewStep(build, "lost");
            await _server.Stop();
        })).Should().ThrowAsync<StoreException>();

        await _server.Restart();
        (await _master.Data.GetAll<Step>("/steps")).Should().BeEmpty();
    }

    [Test]
    public async Task Transaction_GoesOnAfterTheLoss_FailsAllTheSame()
    {
        long build = await Updates.Build();

        await Updates.Awaiting(u => u.Transaction(async updates =>
        {
            await updates.NewStep(build, "lost");
            await _store.Scalar<long>(EndConnections);
            await updates.Awaiting(inner => inner.NewStep(build, "lost_too")).Should().ThrowAsync<StoreException>();
            await updates.Awaiting(inner => inner.NewStep(build, "and_this")).Should().ThrowAsync<StoreException>();
        })).Should().ThrowAsync<StoreException>();

        (await _master.Data.GetAll<Step>("/steps")).Should().BeEmpty();
    }

    [Test]
    public async Task Update_ConnectionsWereEnded_Works()
    {
        long build = await Updates.Build();
        await ReadAtOnce(8);
        await _store.Scalar<long>(EndConnections);

        (await Updates.NewStep(build, "s")).Name.Should().Be("s");
    }

    [Test]
    public async Task Events_ListenerWasEnded_ArriveOnceAndInOrder()
    {
        await using Master other = await Open("other");
        long build = await other.Data.Updates.Build();
        Subscription steps = _master.Data.Events.Subscribe("/steps/*", "new");
        await AddSteps(other, build, 50);

        await _store.EndListener();
        await AddSteps(other, build, 50);

        (await steps.Next(100)).Select(e => ((Step)e.Resource).Number).Should().Equal(Enumerable.Range(0, 100).Select(number => (long)number));
    }

    [Test]
    public async Task Events_ListenerCanNotComeBack_ArriveOnceAndInOrder()
    {
        await using Master other = await Open("other");
        long build = await other.Data.Updates.Build();
        Subscription steps = _master.Data.Events.Subscribe("/steps/*", "new");

        // The server goes on to believe that the name is taken, as it does for some time when a network breaks.
        await using var holder = new NpgsqlConnection(_store.ConnectionString + ";Pooling=false");
        await _store.EndListenerAndTakeName(holder);

        await AddSteps(other, build, 50);

        (await steps.Next(50)).Select(e => ((Step)e.Resource).Number).Should().Equal(Enumerable.Range(0, 50).Select(number => (long)number));
    }

    [Test]
    public async Task Events_ServerWasRestarted_ArriveOnceAndInOrder()
    {
        await using Master other = await Open("other");
        long build = await other.Data.Updates.Build();
        Subscription steps = _master.Data.Events.Subscribe("/steps/*", "new");
        await AddSteps(other, build, 50);

        await _server.Restart();
        await AddSteps(other, build, 50);

        (await steps.Next(100)).Select(e => ((Step)e.Resource).Number).Should().Equal(Enumerable.Range(0, 100).Select(number => (long)number));
    }

    [TestCase(0)]
    [TestCase(20)]
    public async Task Events_ServerThatTakesOverHasLostSome_SubscribersAreToldAndLaterOnesGoOn(int writtenByOthers)
    {
        long build = await Updates.Build();
        await AddSteps(_master, build, 5);
        await _server.BackUp();
        await AddSteps(_master, build, 5);
        await using Subscription before = _master.Data.Events.Subscribe("/steps/*");

        await _server.GoBack(async connectionString =>
        {
            await using Master other = await Master.Open(options => options.UsePostgreSql(connectionString).MasterName = "other");
            await AddSteps(other, build, writtenByOthers);
        }, _store.Database);

        await before.Awaiting(subscription => subscription.Rest()).Should().ThrowAsync<EventsLostException>();
        Subscription after = _master.Data.Events.Subscribe("/steps/*");
        await AddSteps(_master, build, 5);
        (await after.Next(5)).Select(e => ((Step)e.Resource).Number)
            .Should().Equal(Enumerable.Range(5 + writtenByOthers, 5).Select(number => (long)number));
    }

    [Test]
    public async Task Update_OthersHaveWrittenPastWhatWasLost_IsAnnouncedAfterSubscribersWereTold()
    {
        long build = await Updates.Build();
        await AddSteps(_master, build, 5);
        var log = new FakeLogCollector();
        await using Master other = await Open("other", log.ToLoggerFactory());
        await using Subscription before = other.Data.Events.Subscribe("/steps/*");
        await AddSteps(other, build, 5);
        await _store.Scalar<long?>("UPDATE events SET at = at + 1 WHERE sequence = (SELECT max(sequence) FROM events)");
        await _store.Scalar<long>(EndConnections);

        await AddSteps(other, build, 1);

        await before.Awaiting(subscription => subscription.Rest()).Should().ThrowAsync<EventsLostException>();
        log.GetSnapshot().Where(record => record.Id == 106).Should().ContainSingle().Which.Message.Should().Contain($"/{_store.Database}");
        Subscription after = other.Data.Events.Subscribe("/steps/*");
        await AddSteps(other, build, 1);
        (await after.Next(1)).Select(e => ((Step)e.Resource).Number).Should().Equal(11);
    }

    [Test]
    public async Task Events_ListenerWasEndedAndTheLogFails_ArriveAllTheSame()
    {
        await using Master other = await Open("other", LogCollectorExtensions.ThrowingLoggerFactory());
        long build = await Updates.Build();
        Subscription steps = other.Data.Events.Subscribe("/steps/*", "new");
        await _store.Scalar<long>(EndConnections);

        await AddSteps(_master, build, 10);

        (await steps.Next(10)).Select(e => ((Step)e.Resource).Number).Should().Equal(Enumerable.Range(0, 10).Select(number => (long)number));
    }

    [Test]
    public async Task Transaction_ServerDoesNotAnswerTheCommit_SaysThatItMayBeIn()
    {
        long build = await Updates.Build();
        var log = new FakeLogCollector();
        await using Master impatient = await Master.Open(options =>
        {
            options.UsePostgreSql(_store.ConnectionString + ";Timeout=1;Command Timeout=1;Cancellation Timeout=500");
            options.MasterName = "impatient";
            options.LoggerFactory = log.ToLoggerFactory();
        });
        await using var holder = new NpgsqlConnection(_store.ConnectionString + ";Pooling=false");
        await holder.OpenAsync();
        await using NpgsqlTransaction holding = await holder.BeginTransactionAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_xact_lock(1)");
        await _store.Scalar<int?>(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER at_the_commit AFTER INSERT ON steps DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait();
            """);

        Task commit = impatient.Data.Updates.Transaction(u => u.NewStep(build, "s"));
        await _store.Until("SELECT count(*) FROM pg_locks WHERE NOT granted", 1L);
        await _server.Pause();
        try
        {
            await FluentActions.Awaiting(() => commit).Should().ThrowAsync<StoreException>().WithMessage("*unknown whether the update is stored*").Where(error => error.IsOutcomeUnknown);
        }
        finally
        {
            await _server.GoOn();
        }

        await holding.CommitAsync();
        await _store.Until("SELECT count(*) FROM steps", 1L);
        log.GetSnapshot().Select(record => record.Id.Id).Should().Contain(22).And.NotContain(20);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Update_ConnectionIsLostAtEachCommit_FailsAndWritesNothing(bool isInTransaction)
    {
        long build = await Updates.Build();
        await _store.Scalar<int?>(
            """
            CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER at_the_commit AFTER INSERT ON steps DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die();
            """);

        await Updates.Awaiting(u => isInTransaction ? u.Transaction(inner => inner.NewStep(build, "s")) : u.NewStep(build, "s"))
            .Should().ThrowAsync<StoreException>().Where(error => !error.IsOutcomeUnknown);

        (await _master.Data.Count<Step>("/steps")).Should().Be(0);
    }

    [Test]
    public async Task Dispose_DatabaseDoesNotKnowTheMasterAnyMore_EndsAllTheSame()
    {
        var log = new FakeLogCollector();
        Master other = await Open("other", log.ToLoggerFactory());
        await _store.Scalar<long?>("DELETE FROM masters WHERE name = 'other'");

        await other.DisposeAsync();

        log.GetSnapshot().Select(record => record.Id.Id).Should().Contain(107);
    }

    [Test]
    public async Task Dispose_DataSourceOfTheCallerIsDisposed_EndsAllTheSame()
    {
        NpgsqlDataSource dataSource = NpgsqlDataSource.Create(_store.ConnectionString);
        Master other = await Master.Open(options =>
        {
            options.UsePostgreSql(dataSource);
            options.MasterName = "other";
        });
        await dataSource.DisposeAsync();

        await other.DisposeAsync();

        other.Data.Events.Invoking(events => events.Subscribe("/steps/*")).Should().Throw<ObjectDisposedException>();
    }

    [Test]
    public async Task Dispose_ServerIsStopped_EndsAndFailsNothing()
    {
        Master other = await Open("other");
        Subscription events = other.Data.Events.Subscribe("/steps/*");
        await _server.Stop();

        await other.DisposeAsync();

        (await events.Rest()).Should().BeEmpty();
    }

    private static async Task AddSteps(Master master, long build, int count)
    {
        for (int i = 0; i < count; i++)
            await master.Data.Updates.NewStep(build, "s");
    }

    private Task<Master> Open(string name, ILoggerFactory? log = null) => _store.Open(options =>
    {
        options.MasterName = name;
        options.LoggerFactory = log;
    });

    /// <summary>Fills the pool with connections.</summary>
    private async Task ReadAtOnce(int reads) =>
        await Task.WhenAll(Enumerable.Range(0, reads).Select(_ => Task.Run(() => _master.Data.GetAll<Build>("/builds"))));
}
