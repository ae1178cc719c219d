using BuildData.Torture.Handovers.Control;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Synchronous callers block all threads of the thread pool while they wait for their updates. Each update completes all the same, without
/// a thread of the pool.
/// </summary>
internal sealed class BlockedPool : IScenario
{
    private const int PoolThreads = 2;

    public string Name => "blocked-pool";

    public ScheduleSettings Settings => new(PoolThreads, TimeLimit: TimeSpan.FromSeconds(10), MayLeap: true);

    public async Task Run(ScenarioRun run)
    {
        await using Master master = await Master.Open(run.NewDatabase());
        await Task.WhenAll(
            run.StartBlocking(() => Write("a")),
            run.StartBlocking(() => Write("b")),
            run.StartBlocking(() => Write("c")),
            run.StartThread(() => Write("d")));
        ScenarioRun.Require((await master.Data.GetAll<Builder>("/builders")).Count == 8, "An update that completed is not stored.");

        void Write(string name)
        {
            long first = master.Data.Updates.FindBuilderId(name + "1").GetAwaiter().GetResult();
            long second = master.Data.Updates.FindBuilderId(name + "2").GetAwaiter().GetResult();
            ScenarioRun.Require(first != second && first > 0, "An update returned the result of another one.");
        }
    }
}
