namespace BuildData;

/// <summary>Compares <see cref="BuildResult"/> values.</summary>
public static class BuildResultExtensions
{
    /// <summary>
    /// Returns the worse of two results. The order, from worst to best, is Cancelled, Retry, Exception, Failure, Warnings, Success, Skipped.
    /// </summary>
    public static BuildResult Worst(this BuildResult result, BuildResult other) =>
        Severity(result) >= Severity(other) ? result : other;

    private static int Severity(BuildResult result) => result switch
    {
        BuildResult.Cancelled => 6,
        BuildResult.Retry => 5,
        BuildResult.Exception => 4,
        BuildResult.Failure => 3,
        BuildResult.Warnings => 2,
        BuildResult.Success => 1,
        BuildResult.Skipped => 0,
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "The value is not a result code."),
    };
}
