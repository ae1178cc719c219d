using System.Diagnostics;
using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BuildData.Tests;

/// <summary>What OpenTelemetry's SDK makes of the library's meter and sources.</summary>
internal sealed class OpenTelemetryTests
{
    private readonly string _name = $"exported-{Guid.NewGuid()}";

    [Test]
    public async Task Metrics_OfAFastAndASlowUpdate_AreInDifferentBuckets()
    {
        var clock = new TestClock();
        List<Metric> metrics = await Export(async () =>
        {
            await using var store = new SqliteTestStore();
            await using Master master = await store.Open(options => (options.MasterName, options.TimeProvider) = (_name, clock));
            long builderId = await master.Data.Updates.FindBuilderId("linux");
            for (int i = 0; i < 20; i++)
                await master.Data.Updates.FindBuilderId("linux");

            long start = Stopwatch.GetTimestamp();
            using BlockedUpdate slow = await BlockedUpdate.Start(clock, () => master.Data.Updates.FindBuilderId("mac"));
            while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(300))
                await master.Data.Get<Builder>($"/builders/{builderId}");
            slow.Release();
            await slow.Completion;
        });

        MetricPoint point = PointsOf(metrics, "builddata.update.duration").Should().ContainSingle(point => Tag(point, "builddata.operation.name") == "FindBuilderId").Which;
        List<double> used = UsedBounds(point);
        used.Should().HaveCountGreaterThanOrEqualTo(2);
        used[0].Should().BeLessThan(0.25);
        used[^1].Should().BeGreaterThan(0.25);
    }

    [Test]
    public async Task Metrics_OfTwoMasters_AreSeriesOfTheirOwn()
    {
        List<Metric> metrics = await Export(async () =>
        {
            await using var files = new SqliteTestStore();
            await using var others = new SqliteTestStore();
            await using Master first = await files.Open(options => options.MasterName = _name + "a");
            await using Master second = await others.Open(options => options.MasterName = _name + "b");
            await first.Data.Updates.FindBuilderId("linux");
            for (int i = 0; i < 2; i++)
                await second.Data.Updates.FindBuilderId("linux");
        });

        Metric[] series = [.. metrics.Where(metric => metric.Name == "builddata.update.duration" && MasterOf(metric.MeterTags)?.StartsWith(_name, StringComparison.Ordinal) == true)];
        series.Select(metric => (MasterOf(metric.MeterTags), Count(metric))).Should().BeEquivalentTo([(_name + "a", 1L), (_name + "b", 2L)]);
    }

    [Test]
    public async Task Metrics_OfBuilds_AreExported()
    {
        List<Metric> metrics = await Export(async () =>
        {
            await using var store = new SqliteTestStore();
            await using Master master = await store.Open(options => options.MeasureBuilds().MasterName = _name);
            await master.Data.Updates.FinishBuild(await master.Data.Updates.Build("linux"), BuildResult.Failure);
        });

        MetricPoint finished = PointsOf(metrics, "cicd.pipeline.run.duration").Should().ContainSingle(point => Tag(point, "cicd.pipeline.run.state") == "executing").Which;
        (Tag(finished, "cicd.pipeline.name"), Tag(finished, "cicd.pipeline.result"), finished.GetHistogramCount()).Should().Be(("linux", "failure", 1L));
        PointsOf(metrics, "cicd.pipeline.run.errors").Should().ContainSingle().Which.GetSumLong().Should().Be(1);
    }

    [Test]
    public async Task Scopes_OfMeterAndSources_HaveTheVersionWithoutTheCommit()
    {
        string version = typeof(Master).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var activities = new List<Activity>();
        List<Metric> metrics;
        using (Sdk.CreateTracerProviderBuilder()
            .AddSource(BuildDataInstrumentation.ActivitySourceName, BuildDataInstrumentation.BuildsActivitySourceName).AddInMemoryExporter(activities).Build())
        {
            metrics = await Export(async () =>
            {
                await using var store = new SqliteTestStore();
                await using Master master = await store.Open(options => options.TraceBuilds().MasterName = _name);
                await master.Data.Updates.FinishBuild(await master.Data.Updates.Build("linux"), BuildResult.Success);
            });
        }

        ActivitySource[] sources = [.. activities.ToArray().Select(activity => activity.Source).Where(source => MasterOf(source.Tags) == _name).Distinct()];
        sources.Select(source => (source.Name, source.Version)).Should().BeEquivalentTo([("BuildData", version), ("BuildData.Builds", version)]);
        OfThisTest(metrics).Should().NotBeEmpty().And.AllSatisfy(metric => (metric.MeterName, metric.MeterVersion).Should().Be(("BuildData", version)));
    }

    [Test]
    public async Task Trace_OfABuild_IsExportedAsOneTrace()
    {
        var activities = new List<Activity>();
        using (Sdk.CreateTracerProviderBuilder().AddSource(BuildDataInstrumentation.BuildsActivitySourceName).AddInMemoryExporter(activities).Build())
        {
            await using var store = new SqliteTestStore();
            await using Master master = await store.Open(options => options.TraceBuilds().MasterName = _name);
            Updates updates = master.Data.Updates;
            long buildId = await updates.Build("linux");
            await updates.FinishStep((await updates.NewStep(buildId, "compile")).StepId, BuildResult.Success);
            await updates.FinishBuild(buildId, BuildResult.Success);
        }

        Activity[] own = [.. activities.ToArray().Where(activity => MasterOf(activity.Source.Tags) == _name)];
        own.Select(activity => activity.DisplayName).Should().BeEquivalentTo("RUN linux", "compile");
        own.Select(activity => activity.TraceId).Distinct().Should().ContainSingle();
    }

    private static async Task<List<Metric>> Export(Func<Task> work)
    {
        var metrics = new List<Metric>();
        using MeterProvider provider = Sdk.CreateMeterProviderBuilder().AddMeter(BuildDataInstrumentation.MeterName).AddInMemoryExporter(metrics).Build();
        await work();
        provider.ForceFlush();
        return metrics;
    }

    private IEnumerable<Metric> OfThisTest(IEnumerable<Metric> metrics) => metrics.Where(metric => MasterOf(metric.MeterTags) == _name);

    private List<MetricPoint> PointsOf(IEnumerable<Metric> metrics, string name)
    {
        var points = new List<MetricPoint>();
        foreach (Metric metric in OfThisTest(metrics).Where(metric => metric.Name == name))
        {
            foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
                points.Add(point);
        }

        return points;
    }

    private static long Count(Metric metric)
    {
        long count = 0;
        foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
            count += point.GetHistogramCount();
        return count;
    }

    private static List<double> UsedBounds(MetricPoint point)
    {
        var used = new List<double>();
        foreach (HistogramBucket bucket in point.GetHistogramBuckets())
        {
            if (bucket.BucketCount > 0)
                used.Add(bucket.ExplicitBound);
        }

        return used;
    }

    private static string? Tag(MetricPoint point, string key)
    {
        foreach (KeyValuePair<string, object?> tag in point.Tags)
        {
            if (tag.Key == key)
                return (string?)tag.Value;
        }

        return null;
    }

    private static string? MasterOf(IEnumerable<KeyValuePair<string, object?>>? tags) =>
        (string?)tags?.FirstOrDefault(tag => tag.Key == "builddata.master.name").Value;
}
