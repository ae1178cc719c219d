using System.Diagnostics.Metrics;
using BuildData.Stores;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Tests;

/// <summary>The telemetry service survives a store that can't be read for a while.</summary>
internal sealed class BuildTelemetryServiceTests
{
    private SqliteTestStore _file = null!;
    private TestClock _clock = null!;
    private TestMeters _meters = null!;
    private FakeLogCollector _log = null!;
    private MetricCollector<double> _durations = null!;
    private FailingStore _store = null!;
    private StoreContext _context = null!;
    private Master _master = null!;

    [SetUp]
    public void CreateMaster()
    {
        _file = new SqliteTestStore();
        _clock = new TestClock();
        _meters = new TestMeters();
        _log = new FakeLogCollector();
        _durations = _meters.Collect<double>("cicd.pipeline.run.duration");
        var inner = new BuildDataOptions();
        _file.Use(inner);
        var options = new BuildDataOptions { TimeProvider = _clock, MeterFactory = _meters.Factory, LoggerFactory = _log.ToLoggerFactory() };
        options.MeasureBuilds().UseStore(context => _store = new FailingStore(inner.CreateStore(_context = context)));
        _master = new Master(options);
    }

    [TearDown]
    public async Task CloseMaster()
    {
        await _master.DisposeAsync();
        _durations.Dispose();
        _meters.Dispose();
        await _file.DisposeAsync();
    }

    [Test]
    public async Task Apply_BuilderCantBeRead_MeasuresItsBuildLaterAndOnce()
    {
        await _master.Open();
        _store.FailsReads = true;
        long buildId = await _master.Data.Updates.Build("linux");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _master.Data.Updates.FinishBuild(buildId, BuildResult.Success);
        await Logged(43);

        _store.FailsReads = false;
        await AdvanceUntil(() => _durations.GetMeasurementSnapshot().Count == 2);

        await _master.DisposeAsync();
        _durations.GetMeasurementSnapshot().Select(one => one.Tags["cicd.pipeline.run.state"]).Should().Equal("pending", "executing");
        _durations.GetMeasurementSnapshot()[1].Value.Should().Be(1);
    }

    [Test]
    public async Task Apply_EventsThatTheSnapshotIncludes_AreNotMeasuredTwice()
    {
        await _master.Open();
        Updates updates = _master.Data.Updates;
        _store.FailsReads = true;
        await updates.Build("linux");
        await Logged(43);
        _store.BeforeNextSnapshot = async () => await updates.FinishBuild(await updates.Build("mac"), BuildResult.Success);

        _store.FailsReads = false;
        await AdvanceUntil(() => _durations.GetMeasurementSnapshot().Count >= 3);

        await _master.DisposeAsync();
        _durations.GetMeasurementSnapshot().Select(one => (one.Tags["cicd.pipeline.name"], one.Tags["cicd.pipeline.run.state"])).Should().BeEquivalentTo(
            [("linux", "pending"), ("mac", "pending"), ("mac", "executing")]);
    }

    [Test]
    public async Task Start_SnapshotCantBeRead_OpensAndMeasuresLater()
    {
        long buildId;
        await using (Master before = await _file.Open())
            buildId = await before.Data.Updates.Build();
        _store.FailsSnapshots = true;
        await _master.Open();
        await Logged(43);

        _store.FailsSnapshots = false;
        await AdvanceUntil(() => _meters.Observe<int>("cicd.pipeline.run.active").Any());
        await _master.Data.Updates.FinishBuild(buildId, BuildResult.Success);
        await _master.DisposeAsync();

        _durations.GetMeasurementSnapshot().Should().ContainSingle().Which.Tags["cicd.pipeline.run.state"].Should().Be("executing");
    }

    [Test]
    public async Task Apply_StoreLosesEvents_MeasuresWhatRan()
    {
        await _master.Open();
        Updates updates = _master.Data.Updates;
        long finished = await updates.Build("linux");
        await updates.Build("linux");
        await _durations.WaitForMeasurementsAsync(2, Given.Patience);

        _context.Events.EndAllAsLost(_master.Data.Events.LastCursor);
        await updates.FinishBuild(finished, BuildResult.Success);
        await _durations.WaitForMeasurementsAsync(3, Given.Patience);

        _meters.Observe<int>("cicd.pipeline.run.active").Should().Equal(1);
    }

    [Test]
    public async Task DisposeAsync_StoreCantBeRead_Ends()
    {
        await _master.Open();
        _store.FailsReads = true;
        await _master.Data.Updates.Build();
        await Logged(43);

        await _master.DisposeAsync();

        _log.GetSnapshot().Should().ContainSingle(record => record.Id.Id == 2);
    }

    [Test]
    public async Task DisposeAsync_ListenerThatHangs_EndsAndLogsIt()
    {
        using var hangs = new SemaphoreSlim(0);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Scope == _meters.Factory && instrument.Name == "cicd.pipeline.run.duration")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => hangs.Wait(Given.Patience));
        listener.Start();
        await _master.Open();
        await _master.Data.Updates.Build();

        await _master.DisposeAsync();

        _log.GetSnapshot().Should().ContainSingle(record => record.Id.Id == 45);
        hangs.Release();
    }

    [Test]
    public async Task Open_ReadOnlyStore_MeasuresNothing()
    {
        await using (Master before = await _file.Open())
            await before.Data.Updates.Build();
        using var meters = new TestMeters();
        using MetricCollector<double> durations = meters.Collect<double>("cicd.pipeline.run.duration");

        await using Master reader = await Master.Open(options =>
        {
            options.UseSqlite(_file.Folder.ConnectionString + ";Mode=ReadOnly").MeasureBuilds();
            options.MeterFactory = meters.Factory;
        });

        (await reader.Data.GetAll<Build>("/builds")).Should().ContainSingle();
        durations.Instrument.Should().BeNull();
    }

    private async Task Logged(int id)
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        await foreach (FakeLogRecord record in _log.GetLogsAsync(cancellationToken: patience.Token))
        {
            if (record.Id.Id == id)
            {
                record.Level.Should().Be(LogLevel.Error);
                return;
            }
        }
    }

    private async Task AdvanceUntil(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }
}
