using BuildData.Torture.Fuzzing.Running;

namespace BuildData.Torture.Fuzzing;

/// <summary>The result of a target.</summary>
/// <param name="Figures">What was counted and measured.</param>
/// <param name="Faults">The broken promises, one of each kind.</param>
internal sealed record FuzzResult(IReadOnlyDictionary<string, long> Figures, IReadOnlyList<Fault> Faults)
{
    /// <summary>Collects the result of a loop.</summary>
    public static FuzzResult Of(FuzzLoop loop, InputRunner runner, CoverageMap? coverage)
    {
        var figures = new Dictionary<string, long>
        {
            ["executions"] = loop.Executions,
            ["slowest input, ms"] = (long)runner.Slowest.TotalMilliseconds,
            ["most memory of an input, KB"] = runner.MostAllocated / 1024,
        };
        if (coverage is not null)
        {
            figures["edges"] = coverage.Edges;
            figures["paths"] = loop.Paths;
        }

        return new FuzzResult(figures, [.. runner.Faults]);
    }
}
