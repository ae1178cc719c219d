namespace BuildData.Samples.BuildLog;

/// <summary>Records a build, shows it while it runs, and reports it.</summary>
internal sealed class Job(Master master, IBuildLog log)
{
    public async Task<BuildResult> Run(CancellationToken stop)
    {
        Recorder recorder = await Recorder.Begin(master.Data.Updates, log.Builder, log.Reason);
        await using (await Progress.Follow(master.Data, recorder.BuildId, Console.Out))
        {
            await Record(recorder, stop);
        }

        Console.WriteLine();
        Build build = await new BuildReport(master.Data, Console.Out).Print(log.Builder, recorder.Number);
        return build.Results ?? BuildResult.Exception;
    }

    private async Task Record(Recorder recorder, CancellationToken stop)
    {
        // Whatever happens, no build is left that seems to run forever.
        var outcome = BuildResult.Exception;
        try
        {
            await foreach (LogEvent e in log.Read(stop))
                await recorder.Record(e);
            outcome = log.Outcome;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            outcome = BuildResult.Cancelled;
        }
        finally
        {
            await recorder.Finish(outcome);
        }
    }
}
