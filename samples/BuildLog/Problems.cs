namespace BuildData.Samples.BuildLog;

/// <summary>Counts errors and warnings.</summary>
internal sealed class Problems
{
    private int _errors;
    private int _warnings;

    public bool HasWarnings => _warnings > 0;

    public BuildResult Result =>
        _errors > 0 ? BuildResult.Failure
        : _warnings > 0 ? BuildResult.Warnings
        : BuildResult.Success;

    public void Add(Diagnostic problem)
    {
        if (problem.IsError)
            _errors++;
        else
            _warnings++;
    }

    /// <summary><c>2 errors, 1 warning</c>; empty if there are none.</summary>
    public override string ToString() =>
        string.Join(", ", new[] { Count(_errors, "error"), Count(_warnings, "warning") }.Where(text => text.Length > 0));

    private static string Count(int number, string noun) => number switch
    {
        0 => "",
        1 => $"1 {noun}",
        _ => $"{number} {noun}s",
    };
}
