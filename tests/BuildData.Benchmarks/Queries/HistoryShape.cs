namespace BuildData.Benchmarks;

/// <summary>
/// Describes a history that <see cref="HistorySql"/> writes. Histories of different sizes differ only in how many old builds they have: the
/// newest builds, what is incomplete, and what is rare are the same in each. So a query has equally long answers in all of them.
/// </summary>
/// <param name="Steps">How many steps the history has.</param>
internal sealed record HistoryShape(long Steps)
{
    public const int StepsPerBuild = 10;

    /// <summary>How many of the newest builds run, except those of the builder <c>broken</c>, of which none runs.</summary>
    public const int Incomplete = 200;

    /// <summary>How many of the newest builds started one second after the other. The others are spread evenly over a year.</summary>
    public const int Dense = 400;

    /// <summary>How many build requests wait. They have no builds.</summary>
    public const int Waiting = 100;

    /// <summary>How many of the oldest builds are the only ones of the builder <c>retired</c> and of the worker <c>worker-50</c>.</summary>
    public const int OfRetired = 20;

    private const long Second = 1_000_000;
    private const long Year = 365 * 86_400 * Second;

    // The first has half of all builds. Each of the next two has one eighth: one never fails, and one has a single success, long ago. The
    // last one has only old builds. The others share the rest.
    public static readonly string[] Builders = ["busy", "green", "broken", .. Enumerable.Range(4, 16).Select(i => $"builder-{i}"), "retired"];

    public static readonly string[] Workers = [.. Enumerable.Range(1, 50).Select(i => $"worker-{i}")];

    /// <summary>Gets the number of builds. Each has a build request and a buildset of its own, with the same id.</summary>
    public long Builds => Steps / StepsPerBuild;

    /// <summary>Gets the number of source stamps, without the one of the branch <c>rare</c>, which has three builds.</summary>
    public long Stamps => Builds / 2;

    /// <summary>Gets the time between two old builds, in microseconds.</summary>
    public long Gap => (Year - (Dense * Second)) / (Builds - Dense);
}
