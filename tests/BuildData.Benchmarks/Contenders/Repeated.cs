namespace BuildData.Benchmarks;

/// <summary>Repeats a read until time is up.</summary>
internal static class Repeated
{
    public static Task<long> Reads(int caller, long builds, Func<bool> goOn, Func<Picks, bool> read)
    {
        var picks = new Picks(caller, builds, builds);
        long done = 0;
        while (goOn())
        {
            for (int i = 0; i < Picks.Block; i++)
            {
                if (!read(picks))
                    throw new InvalidOperationException("Not what was asked for.");
            }

            done += Picks.Block;
        }

        return Task.FromResult(done);
    }
}
