namespace BuildData.Benchmarks.Logs;

/// <summary>Writes through the library's log writers.</summary>
internal sealed class WriterLogs(Master master, long buildId) : ILogContender
{
    public string Name => "log writers";

    public async Task Write(int step, IReadOnlyList<string> lines)
    {
        AddedStep added = await master.Data.Updates.NewStep(buildId, "step");
        await using LogWriter writer = await master.Data.Updates.OpenLogWriter(added.StepId, "stdio");
        foreach (string line in lines)
        {
            // As a host does it: a writer that has room takes a line at once.
            Task written = writer.WriteLineAsync(line);
            if (!written.IsCompletedSuccessfully)
                await written;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
