namespace BuildData.Benchmarks;

/// <summary>The step life cycle through BuildData's public API.</summary>
internal sealed class OwnSteps(Updates updates)
{
    private static readonly string[] Names = [.. Enumerable.Range(0, Database.StepsPerBuild).Select(number => $"s{number}")];

    public async Task<long> Run(Func<long> nextBuild, Func<bool> goOn)
    {
        long done = 0;
        long buildId = 0;
        while (goOn())
        {
            long steps = done / 5;
            if (steps % Database.StepsPerBuild == 0)
                buildId = nextBuild();

            AddedStep step = await updates.NewStep(buildId, Names[steps % Database.StepsPerBuild]);
            await updates.StartStep(step.StepId);
            await updates.SetStepStateString(step.StepId, "compiling 12 of 80 files");
            await updates.AddStepUrl(step.StepId, "log", "https://example.org/logs/1");
            await updates.FinishStep(step.StepId, BuildResult.Success, hidden: false);
            done += 5;
        }

        return done;
    }
}
