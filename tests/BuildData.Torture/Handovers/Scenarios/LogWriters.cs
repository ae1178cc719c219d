using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Threads write to one log with a small buffer, and wait for space and for flushes, while they block all threads of the pool. All lines are
/// stored, those of each thread in order.
/// </summary>
internal sealed class LogWriters : IScenario
{
    private const int Writers = 3;
    private const int LinesEach = 4;

    public string Name => "log-writers";

    public ScheduleSettings Settings => new(PoolThreads: 2, TimeLimit: TimeSpan.FromSeconds(30), MayLeap: true);

    public async Task Run(ScenarioRun run)
    {
        await using Master master = await Master.Open(run.NewDatabase());
        Updates updates = master.Data.Updates;
        long builder = await updates.FindBuilderId("linux");
        long worker = await updates.FindWorkerId("worker");
        (_, IReadOnlyDictionary<long, long> requests) = await updates.AddBuildset("nightly", [new SourceStampKey { Repository = "r" }], builderIds: [builder]);
        await updates.ClaimBuildRequests([.. requests.Values]);
        AddedBuild build = await updates.AddBuild(builder, requests[builder], worker);
        AddedStep step = await updates.NewStep(build.BuildId, "compile");
        LogWriter writer = await updates.OpenLogWriter(step.StepId, "out", options: new LogWriterOptions { BatchSize = 4096, BufferSize = 8192 });
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(number => run.StartBlocking(() => Write(number))));
        await writer.DisposeAsync();

        string[] lines = [.. (await master.Data.Logs.Last(writer.LogId, 1000)).Select(line => line.Text)];
        ScenarioRun.Require(lines.Length == Writers * LinesEach, $"{lines.Length} lines are stored.");
        for (int number = 0; number < Writers; number++)
        {
            string prefix = $"{number}-";
            ScenarioRun.Require(
                lines.Where(line => line.StartsWith(prefix, StringComparison.Ordinal)).Select(line => line[..3]).SequenceEqual(Enumerable.Range(0, LinesEach).Select(i => $"{number}-{i}")),
                "The lines of a thread are not in order.");
        }

        void Write(int number)
        {
            for (int i = 0; i < LinesEach; i++)
            {
                writer.WriteLine($"{number}-{i}{new string('x', 2500)}");
                if ((i + number) % 2 == 0)
                    writer.Flush();
            }
        }
    }
}
