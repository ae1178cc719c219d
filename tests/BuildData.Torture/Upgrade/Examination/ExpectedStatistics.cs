using BuildData.Torture.Running;
using BuildData.Torture.Upgrade.Old;

namespace BuildData.Torture.Upgrade.Examination;

/// <summary>Compares statistics with the numbers of builds and steps that were written.</summary>
/// <param name="data">The rows.</param>
/// <param name="store">The store after the migration.</param>
internal sealed class ExpectedStatistics(OldData data, DataApi store)
{
    private static readonly (string Name, Func<DateTimeOffset, DateTimeOffset> Begin)[] Periods =
    [
        ("by_hour", time => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerHour))), ("by_day", time => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerDay))),
        ("by_week", time => time.AddTicks(-(time.Ticks % (7 * TimeSpan.TicksPerDay)))),
    ];

    /// <summary>Gets the paths that were compared.</summary>
    public List<string> Paths { get; } = [];

    /// <exception cref="ViolationException">A number is wrong.</exception>
    public async Task Compare()
    {
        await Compare("/build_statistics", data.Builds);
        foreach (Builder builder in data.Builders)
        {
            Build[] builds = [.. data.Builds.Where(build => build.BuilderId == builder.BuilderId)];
            await Compare($"/builders/{builder.BuilderId}/build_statistics", builds);
            await CompareSteps($"/builders/{builder.BuilderId}/step_statistics", builds);
        }
    }

    private async Task Compare(string path, Build[] builds)
    {
        Build[] complete = [.. builds.Where(build => build.Complete)];
        await Compare(path, complete.GroupBy(build => (build.BuilderId, (DateTimeOffset?)null)));
        foreach ((string name, Func<DateTimeOffset, DateTimeOffset> begin) in Periods)
            await Compare($"{path}/{name}", complete.GroupBy(build => (build.BuilderId, (DateTimeOffset?)begin(build.CompleteAt!.Value))));
    }

    private async Task Compare(string path, IEnumerable<IGrouping<(long, DateTimeOffset?), Build>> groups)
    {
        Paths.Add(path);
        string[] expected = [.. groups.Select(group => Describe(group.Key, group.Count(), result => group.Count(build => build.Results == result))).Order(StringComparer.Ordinal)];
        string[] found =
        [
            .. (await store.GetAll<BuildStatistics>(DataPath.FromString($"{path}?builderid__lt={ExpectedAnswers.FirstIdOfFiller}")))
                .Select(row => Describe((row.BuilderId, row.PeriodStart), row.Builds, result => Count(row, result))).Order(StringComparer.Ordinal),
        ];
        Compare(path, expected, found);
    }

    private static string Describe((long Builder, DateTimeOffset? Start) key, long builds, Func<BuildResult, long> count) =>
        $"builder {key.Builder} {key.Start:o}: {builds} builds, {string.Join(", ", Enum.GetValues<BuildResult>().Select(result => $"{result} {count(result)}"))}";

    private static long Count(BuildStatistics row, BuildResult result) => result switch
    {
        BuildResult.Success => row.Success,
        BuildResult.Warnings => row.Warnings,
        BuildResult.Failure => row.Failure,
        BuildResult.Skipped => row.Skipped,
        BuildResult.Exception => row.Exception,
        BuildResult.Retry => row.Retry,
        _ => row.Cancelled,
    };

    private async Task CompareSteps(string path, Build[] builds)
    {
        Paths.Add(path);
        HashSet<long> complete = [.. builds.Where(build => build.Complete).Select(build => build.BuildId)];
        string[] expected =
        [
            .. data.Steps.Where(step => complete.Contains(step.BuildId)).GroupBy(step => step.Name)
                .Select(group => $"{group.Key}: {group.Count()} steps, newest {group.Max(step => step.StepId)}").Order(StringComparer.Ordinal),
        ];
        string[] found =
            [.. (await store.GetAll<StepStatistics>(DataPath.FromString(path))).Select(row => $"{row.Name}: {row.Steps} steps, newest {row.NewestStepId}").Order(StringComparer.Ordinal)];
        Compare(path, expected, found);
    }

    private static void Compare(string path, string[] expected, string[] found)
    {
        if (!expected.SequenceEqual(found))
            throw new ViolationException($"{path} is wrong after the migration.\nExpected: {string.Join("\n          ", expected)}\nFound:    {string.Join("\n          ", found)}");
    }
}
