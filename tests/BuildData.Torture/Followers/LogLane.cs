namespace BuildData.Torture.Followers;

/// <summary>Writes builds whose logs have numbered lines, and finishes them, so that they can be removed.</summary>
/// <param name="number">The number of the lane.</param>
/// <param name="book">Where it notes the logs.</param>
internal sealed class LogLane(int number, LogBook book)
{
    private const int MostLogsOfBuild = 3;
    private const int MostLinesOfLog = 300;

    /// <summary>Writes until the token is cancelled or the master is disposed.</summary>
    public async Task Write(Master master, LoadProgress progress, Random random, CancellationToken end)
    {
        Updates updates = master.Data.Updates;
        long builder = await updates.FindBuilderId($"lane-{number}", CancellationToken.None);
        while (!end.IsCancellationRequested)
        {
            AddedBuildset added = await updates.AddBuildset(reason: $"lane-{number}", builderIds: [builder], cancellationToken: CancellationToken.None);
            long request = added.BuildRequestIds[builder];
            await updates.ClaimBuildRequests([request], cancellationToken: CancellationToken.None);
            AddedBuild build = await updates.AddBuild(builder, request, cancellationToken: CancellationToken.None);
            AddedStep step = await updates.NewStep(build.BuildId, "compile", CancellationToken.None);
            for (int logs = random.Next(1, MostLogsOfBuild + 1); logs > 0; logs--)
            {
                if (random.Next(3) == 0)
                    await AppendLog(updates, step.StepId, progress, random);
                else
                    await WriteLog(updates, step.StepId, progress, random);
            }

            await updates.FinishStep(step.StepId, BuildResult.Success, cancellationToken: CancellationToken.None);
            await updates.FinishBuild(build.BuildId, BuildResult.Success, cancellationToken: CancellationToken.None);
            await updates.CompleteBuildRequests([request], BuildResult.Success, cancellationToken: CancellationToken.None);
        }
    }

    private async Task AppendLog(Updates updates, long step, LoadProgress progress, Random random)
    {
        AddedLog log = await updates.AddLog(step, "appended", cancellationToken: CancellationToken.None);
        book.Add(log.LogId);
        long line = 0;
        for (int left = random.Next(20); left > 0; left--)
        {
            long first = line;
            line += random.Next(1, 10);
            await updates.AppendLog(log.LogId, string.Concat(Lines(first, line)), CancellationToken.None);
            progress.Count();
        }

        await updates.FinishLog(log.LogId, CancellationToken.None);
    }

    private async Task WriteLog(Updates updates, long step, LoadProgress progress, Random random)
    {
        var options = new LogWriterOptions { BatchSize = random.Next(1, 3_000), BatchTime = TimeSpan.FromMilliseconds(random.Next(1, 20)), BufferSize = 50_000 };
        await using LogWriter writer = await updates.OpenLogWriter(step, "written", options: options, cancellationToken: CancellationToken.None);
        book.Add(writer.LogId);
        for (int line = 0, last = random.Next(MostLinesOfLog); line < last; line++)
        {
            await writer.WriteLineAsync(NumberedLine.Text(line));
            if (random.Next(20) != 0)
                continue;
            await writer.FlushAsync();
            progress.Count();
        }
    }

    private static IEnumerable<string> Lines(long first, long end)
    {
        for (long line = first; line < end; line++)
            yield return NumberedLine.Text(line) + "\n";
    }
}
