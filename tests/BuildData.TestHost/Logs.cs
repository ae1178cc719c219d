namespace BuildData.TestHost;

/// <summary>
/// Writes numbered lines to several logs until the process is killed. Each line is written in pieces. Prints the id of a log with the number of its lines
/// after each flush.
/// </summary>
internal static class Logs
{
    private const int Writers = 8;
    private const int MaxLinesPerLog = 20_000;

    public static async Task Write(Updates updates)
    {
        long builder = await updates.FindBuilderId("linux");
        AddedBuildset added = await updates.AddBuildset(builderIds: [builder]);
        AddedBuild build = await updates.AddBuild(builder, added.BuildRequestIds[builder]);
        AddedStep step = await updates.NewStep(build.BuildId, "compile");
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => WriteLogs(updates, step.StepId, new Random(Environment.TickCount + i)))));
    }

    private static async Task WriteLogs(Updates updates, long stepId, Random random)
    {
        var options = new LogWriterOptions { BatchSize = random.Next(1, 20_000), BatchTime = TimeSpan.FromMilliseconds(random.Next(1, 20)), BufferSize = 50_000 };
        while (true)
        {
            await using LogWriter writer = await updates.OpenLogWriter(stepId, "compile", options: options);
            for (int line = 0, last = random.Next(MaxLinesPerLog); line < last; line++)
            {
                await writer.WriteAsync($"{line} ");
                await writer.WriteLineAsync(new string('x', line % 97));
                if (random.Next(500) != 0)
                    continue;

                await writer.FlushAsync();
                await Console.Out.WriteLineAsync($"{writer.LogId} {line + 1}");
            }
        }
    }
}
