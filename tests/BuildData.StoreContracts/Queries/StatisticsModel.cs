namespace BuildData.StoreContracts;

/// <summary>Computes statistics in memory, without SQL.</summary>
internal static class StatisticsModel
{
    /// <summary>Returns the statistics of complete builds, by builder and by period.</summary>
    /// <param name="builds">The builds.</param>
    /// <param name="submitted">The time at which each build request was submitted.</param>
    /// <param name="names">The name of each builder.</param>
    /// <param name="period">The length of the periods; null for none.</param>
    public static IEnumerable<BuildStatistics> OfBuilds(
        IEnumerable<Build> builds, Dictionary<long, DateTimeOffset> submitted, Dictionary<long, string> names, StatisticsPeriod? period) =>
        from build in builds
        group build by (build.BuilderId, Start: StartOf(build.CompleteAt!.Value, period)) into builder
        orderby builder.Key.BuilderId, builder.Key.Start
        let durations = builder.Select(build => build.CompleteAt!.Value - build.StartedAt).ToArray()
        let queueTimes = builder.Select(build => build.StartedAt - submitted[build.BuildRequestId]).ToArray()
        select new BuildStatistics
        {
            BuilderId = builder.Key.BuilderId,
            BuilderName = names[builder.Key.BuilderId],
            PeriodStart = builder.Key.Start,
            Builds = builder.Count(),
            Success = builder.Count(build => build.Results == BuildResult.Success),
            Warnings = builder.Count(build => build.Results == BuildResult.Warnings),
            Failure = builder.Count(build => build.Results == BuildResult.Failure),
            Skipped = builder.Count(build => build.Results == BuildResult.Skipped),
            Exception = builder.Count(build => build.Results == BuildResult.Exception),
            Retry = builder.Count(build => build.Results == BuildResult.Retry),
            Cancelled = builder.Count(build => build.Results == BuildResult.Cancelled),
            MedianDuration = Percentile(durations, 50),
            P95Duration = Percentile(durations, 95),
            MedianQueueTime = Percentile(queueTimes, 50),
            P95QueueTime = Percentile(queueTimes, 95),
        };

    /// <summary>Returns the statistics of the steps that were started and are complete, by name.</summary>
    public static IEnumerable<StepStatistics> OfSteps(IEnumerable<Step> steps) =>
        from step in steps.OrderBy(step => step.Name, StringComparer.Ordinal)
        where step is { Complete: true, StartedAt: not null }
        group step by step.Name into name
        let durations = name.Select(Duration).ToArray()
        let newest = name.MaxBy(step => step.StepId)!
        let median = Percentile(durations, 50)
        select new StepStatistics
        {
            Name = name.Key,
            Steps = name.Count(),
            Failures = name.Count(step => step.Results == BuildResult.Failure),
            MedianDuration = median,
            P95Duration = Percentile(durations, 95),
            NewestStepId = newest.StepId,
            NewestDuration = Duration(newest),
            Slowdown = median == TimeSpan.Zero ? null : (double)Math.Floor((decimal)Duration(newest).Ticks / median.Ticks * 1000) / 1000,
        };

    private static TimeSpan Duration(Step step) => step.CompleteAt!.Value - step.StartedAt!.Value;

    /// <summary>Returns the least value that at least the given percentage of the values do not exceed.</summary>
    private static TimeSpan Percentile(TimeSpan[] values, int percentage) =>
        values.Order().First(value => values.Count(other => other <= value) * 100 >= values.Length * percentage);

    private static DateTimeOffset? StartOf(DateTimeOffset time, StatisticsPeriod? period)
    {
        var day = new DateTimeOffset(time.UtcDateTime.Date, TimeSpan.Zero);
        return period switch
        {
            StatisticsPeriod.Hour => day.AddHours(time.UtcDateTime.Hour),
            StatisticsPeriod.Day => day,
            StatisticsPeriod.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            _ => null,
        };
    }
}
