using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace BuildData.Tests;

/// <summary>Two masters that share a database measure each build once.</summary>
internal sealed class MeasuredMastersTests() : StoreTests(StoreKinds.PostgreSql)
{
    private Measured _first = null!;
    private Measured _second = null!;

    [SetUp]
    public async Task OpenMasters()
    {
        _first = await Measured.Open(Store, "first");
        _second = await Measured.Open(Store, "second");
    }

    [TearDown]
    public async Task CloseMasters()
    {
        // There are none if the test was skipped because there is no server.
        if (_first is not null)
            await _first.DisposeAsync();
        if (_second is not null)
            await _second.DisposeAsync();
    }

    [Test]
    public async Task Finish_BuildOfAnotherMaster_IsMeasuredByThatOne()
    {
        long buildId = await _first.Master.Data.Updates.Build("linux");

        await _second.Master.Data.Updates.FinishBuild(buildId, BuildResult.Failure);

        await _first.Durations.WaitForMeasurementsAsync(2, Given.Patience);
        await _second.Master.DisposeAsync();
        _first.Durations.GetMeasurementSnapshot().Select(one => one.Tags["cicd.pipeline.run.state"]).Should().Equal("pending", "executing");
        _second.Durations.GetMeasurementSnapshot().Should().BeEmpty();
    }

    [Test]
    public async Task Active_BuildsOfBothMasters_AreCountedByTheirOwn()
    {
        await _first.Master.Data.Updates.Build("linux");
        await _second.Master.Data.Updates.Build("linux");
        await _second.Master.Data.Updates.Build("linux");
        await _first.Durations.WaitForMeasurementsAsync(1, Given.Patience);
        await _second.Durations.WaitForMeasurementsAsync(2, Given.Patience);

        _first.Active.Should().Equal(1);
        _second.Active.Should().Equal(2);
    }

    private sealed class Measured(TestMeters meters, MetricCollector<double> durations, Master master) : IAsyncDisposable
    {
        public Master Master => master;

        public MetricCollector<double> Durations => durations;

        public IEnumerable<int> Active => meters.Observe<int>("cicd.pipeline.run.active");

        public static async Task<Measured> Open(TestStore store, string name)
        {
            var meters = new TestMeters();
            MetricCollector<double> durations = meters.Collect<double>("cicd.pipeline.run.duration");
            return new Measured(meters, durations, await store.Open(options => (options.MeasureBuilds().MasterName, options.MeterFactory) = (name, meters.Factory)));
        }

        public async ValueTask DisposeAsync()
        {
            await master.DisposeAsync();
            durations.Dispose();
            meters.Dispose();
        }
    }
}
