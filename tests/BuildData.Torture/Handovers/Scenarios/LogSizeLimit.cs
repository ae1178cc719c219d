using System.Text;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Updates fill SQLite's log beyond its limit while reads overlap, so that the writer pauses the reads and empties the log. All reads and
/// updates complete.
/// </summary>
internal sealed class LogSizeLimit : IScenario
{
    private const int Limit = 1024 * 1024;

    // Random letters, because a log is stored compressed.
    private static readonly string Lines = CreateLines();

    public string Name => "log-limit";

    public async Task Run(ScenarioRun run)
    {
        await using Master master = await Master.Open(options => options.UseSqlite(run.NewDatabase(), sqlite => sqlite.LogSizeLimit = Limit));
        Updates updates = master.Data.Updates;
        long builder = await updates.FindBuilderId("linux");
        long worker = await updates.FindWorkerId("worker");
        (_, IReadOnlyDictionary<long, long> requests) = await updates.AddBuildset("nightly", [new SourceStampKey { Repository = "r" }], builderIds: [builder]);
        await updates.ClaimBuildRequests([.. requests.Values]);
        AddedBuild build = await updates.AddBuild(builder, requests[builder], worker);
        AddedStep step = await updates.NewStep(build.BuildId, "compile");
        long log = (await updates.AddLog(step.StepId, "out")).LogId;
        await Task.WhenAll(
            run.Start(Write),
            run.Start(() => Read(6)),
            run.Start(() => Read(6)),
            run.Start(async () => await updates.FindBuilderId("other")));

        async Task Write()
        {
            for (int i = 0; i < 4; i++)
                await updates.AppendLog(log, Lines);
        }

        async Task Read(int count)
        {
            for (int i = 0; i < count; i++)
                ScenarioRun.Require((await master.Data.GetAll<Builder>("/builders")).Count is 1 or 2, "A read returned a wrong result.");
        }
    }

    private static string CreateLines()
    {
        var random = new Random(1);
        var lines = new StringBuilder();
        for (int i = 0; i < 400_000; i++)
            lines.Append(i % 1000 == 999 ? '\n' : (char)random.Next(' ', '~'));
        return lines.ToString();
    }
}
