namespace BuildData.Benchmarks;

/// <summary>Gives out builds that have no steps yet; processes take them in turns.</summary>
internal sealed class WaitingBuilds(RacerStart start)
{
    private long _taken;

    public long Next()
    {
        long build = ((Interlocked.Increment(ref _taken) - 1) * start.Processes) + start.Index + 1;
        return build <= start.Rows.Builds
            ? build
            : throw new InvalidOperationException("All builds have steps now; fewer rounds or shorter turns need fewer.");
    }
}
