using BuildData.Diagnostics;
using BuildData.Measuring;
using BuildData.Stores;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace BuildData.Tests;

/// <summary>What the tracker of builds makes of snapshots.</summary>
internal sealed class BuildTrackerTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private static readonly Build Running = new() { BuildId = 1, BuilderId = 1, MasterId = 1, StartedAt = Start };

    private static readonly BuildRequest Waiting = new() { BuildRequestId = 1, BuilderId = 1, SubmittedAt = Start };

    private TestMeters _meters = null!;
    private MetricCollector<double> _durations = null!;
    private Telemetry _telemetry = null!;
    private BuildMeter _meter = null!;
    private SqliteTestStore _file = null!;
    private Master _master = null!;
    private BuildTracker _tracker = null!;

    [SetUp]
    public async Task CreateTracker()
    {
        _meters = new TestMeters();
        _durations = _meters.Collect<double>("cicd.pipeline.run.duration");
        _telemetry = new Telemetry(null, _meters.Factory, "tracked");
        _meter = new BuildMeter(_telemetry.Meter);

        // The tracker looks up the names of builders.
        _file = new SqliteTestStore();
        IStore? store = null;
        var inner = new BuildDataOptions();
        _file.Use(inner);
        _master = await Master.Open(options => options.UseStore(context => store = inner.CreateStore(context)));
        await _master.Data.Updates.FindBuilderId("linux");
        _tracker = new BuildTracker(store!, "tracked", _meter, tracer: null, _telemetry);
    }

    [TearDown]
    public async Task DisposeTracker()
    {
        await _master.DisposeAsync();
        await _file.DisposeAsync();
        _durations.Dispose();
        _meter.Dispose();
        _telemetry.Dispose();
        _meters.Dispose();
    }

    [Test]
    public async Task Apply_BuildThatIsGone_RunsNoMore()
    {
        await Apply(Snapshot(running: [Running]));
        await Apply(Snapshot());

        Active().Should().Be(0);
        _durations.GetMeasurementSnapshot().Should().BeEmpty();
    }

    [Test]
    public async Task Apply_OlderCopyThatUsesAnIdAgain_MeasuresNoOtherBuild()
    {
        Build other = Running with { StartedAt = Start.AddDays(1), Complete = true, CompleteAt = Start.AddDays(2), Results = BuildResult.Success };
        await Apply(Snapshot(running: [Running]));

        _tracker.Restart();
        await Apply(Snapshot(known: [other]));

        Active().Should().Be(0);
        _durations.GetMeasurementSnapshot().Should().BeEmpty();
    }

    [Test]
    public async Task Apply_NewBuildOfAKnownRequest_HasWaitedSinceItsSubmission()
    {
        await Apply(Snapshot(requests: [Waiting]));
        await Apply(Snapshot(running: [Running with { BuildRequestId = 1, StartedAt = Start.AddSeconds(5) }], newBuilds: [Running with { BuildRequestId = 1, StartedAt = Start.AddSeconds(5) }]));

        _durations.GetMeasurementSnapshot().Should().ContainSingle().Which.Value.Should().Be(5);
        Active().Should().Be(1);
    }

    [Test]
    public async Task Wanted_AfterBuildsInAnotherOrder_ReachesBackToTheSmallerId()
    {
        await Apply(Snapshot(lastBuildId: 10));
        await Apply(Snapshot(running: [Running with { BuildId = 12 }], newBuilds: [Running with { BuildId = 12 }], lastBuildId: 12));

        _tracker.NextSnapshotArguments.ReportedBuilds.ReadBuildsAfterId.Should().Be(10, "the build 11 may be committed later");
        _tracker.NextSnapshotArguments.ReportedBuilds.Contains(12).Should().BeTrue();
    }

    private int Active() => _meters.Observe<int>("cicd.pipeline.run.active").Single();

    private ValueTask Apply(BuildSnapshot snapshot) => _tracker.Apply(snapshot, CancellationToken.None);

    private static BuildSnapshot Snapshot(
        Build[]? running = null, Build[]? known = null, Build[]? newBuilds = null, BuildRequest[]? requests = null, long lastBuildId = 1) =>
        new()
        {
            MasterId = 1,
            LastBuildId = lastBuildId,
            RunningBuilds = running ?? [],
            KnownBuilds = known ?? [],
            NewBuilds = newBuilds ?? [],
            RequestsOfNewBuilds = new Dictionary<long, BuildRequest>(),
            IncompleteRequests = requests ?? [],
        };
}
