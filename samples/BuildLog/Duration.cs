namespace BuildData.Samples.BuildLog;

internal static class Duration
{
    public static string Text(Step step) => Text(step.StartedAt, step.CompleteAt);

    public static string Text(Build build) => Text(build.StartedAt, build.CompleteAt);

    private static string Text(DateTimeOffset? from, DateTimeOffset? to) =>
        to - from is { } duration ? $"{duration.TotalSeconds:0.000} s" : "";
}
