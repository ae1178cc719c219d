using BuildData.Queries;

namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>Reads the data that several pages show. Thread-safe.</summary>
internal sealed class DashboardReader
{
    /// <summary>The number of builds of which statistics are computed.</summary>
    public const int StatisticsBuilds = 100;

    private const int MedianBuilds = 20;
    private const int MostStepNames = 500;

    private static readonly ResultSpec LastSuccesses = new()
    {
        Filters = [new Filter("results", FilterOperator.Equal, BuildResult.Success)],
        Order = [new Order("number", descending: true)],
        Limit = MedianBuilds,
    };

    private static readonly ResultSpec LastBuilds = new() { Order = [new Order("number", descending: true)], Limit = StatisticsBuilds };

    private readonly TimedCache<TimeSpan?> _medians;
    private readonly TimedCache<IReadOnlyDictionary<string, StepStatistics>> _steps;

    public DashboardReader(DataApi data, TimeProvider clock)
    {
        Data = data;
        Clock = clock;
        _medians = new TimedCache<TimeSpan?>(clock, TimeSpan.FromSeconds(10), ReadMedian);
        _steps = new TimedCache<IReadOnlyDictionary<string, StepStatistics>>(clock, TimeSpan.FromSeconds(15), ReadSteps);
    }

    public DataApi Data { get; }

    public TimeProvider Clock { get; }

    /// <summary>Returns the median duration of the last successful builds of a builder; null if there is none.</summary>
    public ValueTask<TimeSpan?> GetMedian(long builderId, CancellationToken cancellationToken) => _medians.Get(builderId, cancellationToken);

    /// <summary>Returns the statistics of each step, by its name, in the last builds of a builder.</summary>
    public ValueTask<IReadOnlyDictionary<string, StepStatistics>> GetSteps(long builderId, CancellationToken cancellationToken) => _steps.Get(builderId, cancellationToken);

    /// <summary>Returns the names of builders.</summary>
    public async Task<IReadOnlyDictionary<long, string>> GetBuilderNames(IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var names = new Dictionary<long, string>();
        foreach (long[] some in ids.Distinct().Chunk(500))
        {
            var spec = new ResultSpec { Filters = [new Filter("builderid", FilterOperator.In, [.. some.Select(id => (FilterValue)id)])], Limit = some.Length };
            foreach (Builder builder in await Data.GetAll(new AllBuilders(), spec, cancellationToken).ConfigureAwait(false))
                names[builder.BuilderId] = builder.Name;
        }

        return names;
    }

    private async Task<TimeSpan?> ReadMedian(long builderId, CancellationToken cancellationToken)
    {
        ResourceList<Build> builds = await Data.GetAll(new BuildsOfBuilder(builderId), LastSuccesses, cancellationToken).ConfigureAwait(false);
        TimeSpan[] durations = [.. builds.Where(build => build.CompleteAt is not null).Select(build => build.CompleteAt!.Value - build.StartedAt).Order()];
        return durations.Length == 0 ? null : durations[(durations.Length - 1) / 2];
    }

    private async Task<IReadOnlyDictionary<string, StepStatistics>> ReadSteps(long builderId, CancellationToken cancellationToken)
    {
        // Statistics without a period would read the whole history. The period is that of the last builds, so it has a bounded number of builds.
        ResourceList<Build> builds = await Data.GetAll(new BuildsOfBuilder(builderId), LastBuilds, cancellationToken).ConfigureAwait(false);
        if (builds.Min(build => build.CompleteAt) is not { } first)
            return new Dictionary<string, StepStatistics>();

        var spec = new ResultSpec
        {
            Filters = [new Filter("complete_at", FilterOperator.GreaterOrEqual, first)],
            Order = [new Order("newest_duration_s", descending: true)],
            Limit = MostStepNames,
        };
        ResourceList<StepStatistics> steps = await Data.GetAll(new StepStatisticsOfBuilder(builderId), spec, cancellationToken).ConfigureAwait(false);
        return steps.ToDictionary(step => step.Name, StringComparer.Ordinal);
    }
}
