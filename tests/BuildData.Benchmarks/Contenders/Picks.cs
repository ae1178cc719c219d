namespace BuildData.Benchmarks;

/// <summary>Picks steps and builds at random, of the newest, the same for every contender.</summary>
internal sealed class Picks(int caller, long builds, long newest)
{
    private readonly long _first = builds - newest;

    /// <summary>How many reads are done between two looks at the clock.</summary>
    public const int Block = 16;

    private readonly Random _random = new(caller + 1);

    public long Step() => _random.NextInt64(_first * ScaleFixture.StepsPerBuild, builds * ScaleFixture.StepsPerBuild) + 1;

    public (string Builder, long Number) Build()
    {
        long build = _random.NextInt64(_first, builds);
        return (ScaleFixture.Builder(build % ScaleFixture.Builders), (build / ScaleFixture.Builders) + 1);
    }
}
