namespace BuildData.Benchmarks;

/// <summary>Reads through BuildData's public API, the path parsed each time.</summary>
internal sealed class OwnReads(DataApi data, long builds, long newest)
{
    public async Task<long> Step(int caller, Func<bool> goOn)
    {
        var picks = new Picks(caller, builds, newest);
        long done = 0;
        while (goOn())
        {
            for (int i = 0; i < Picks.Block; i++)
            {
                long id = picks.Step();
                if (await data.Get<Step>($"/steps/{id}") is not { } step || step.StepId != id)
                    throw new InvalidOperationException("Not the step that was asked for.");
            }

            done += Picks.Block;
        }

        return done;
    }

    public async Task<long> Steps(int caller, Func<bool> goOn)
    {
        var picks = new Picks(caller, builds, newest);
        long done = 0;
        while (goOn())
        {
            for (int i = 0; i < Picks.Block; i++)
            {
                (string builder, long number) = picks.Build();
                if ((await data.GetAll<Step>($"/builders/{builder}/builds/{number}/steps")).Count != 10)
                    throw new InvalidOperationException("Not the steps that were asked for.");
            }

            done += Picks.Block;
        }

        return done;
    }

    public async Task<long> NewestFailed(int caller, Func<bool> goOn)
    {
        var picks = new Picks(caller, builds, newest);
        long done = 0;
        while (goOn())
        {
            (string builder, _) = picks.Build();
            if ((await data.GetAll<Step>($"/builders/{builder}/steps?results=2&order=-stepid&limit=20")).Count != 20)
                throw new InvalidOperationException("Not the steps that were asked for.");
            done++;
        }

        return done;
    }

    public async Task<long> Buildsets(int caller, Func<bool> goOn)
    {
        long done = 0;
        while (goOn())
        {
            if ((await data.GetAll<Buildset>($"/buildsets?complete=true&order=-submitted_at&limit=50&offset=100")).Count != 50)
                throw new InvalidOperationException("Not the buildsets that were asked for.");
            done++;
        }

        return done;
    }
}
