using BuildData.PostgreSql.Tasks;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// PostgreSQL's loops wait for a signal that other threads set after they have changed data, and its disposal waits for running operations.
/// No change and no end is missed.
/// </summary>
internal sealed class Signals : IScenario
{
    private const int Changes = 6;

    public string Name => "signals";

    public async Task Run(ScenarioRun run)
    {
        using var signal = new AsyncSignal();
        var operations = new InFlightOperationCounter();
        int changes = 0, seen = 0, running = 0;
        bool isClosed = false;
        await Task.WhenAll(
            run.Start(Loop),
            run.StartBlocking(Change),
            run.StartBlocking(Change),
            run.Start(Operate),
            run.Start(Operate),
            run.Start(Close));

        async Task Loop()
        {
            while (seen < Changes)
            {
                await signal.Wait(Timeout.InfiniteTimeSpan, CancellationToken.None);
                ScenarioRun.Point();
                seen = Volatile.Read(ref changes);
            }
        }

        void Change()
        {
            for (int i = 0; i < Changes / 2; i++)
            {
                Interlocked.Increment(ref changes);
                signal.Set();
            }
        }

        async Task Operate()
        {
            for (int i = 0; i < 2; i++)
            {
                if (!operations.TryEnter())
                    return;
                running++;
                ScenarioRun.Require(!isClosed, "An operation began after the end of all operations.");
                await Task.Yield();
                running--;
                operations.Leave();
            }
        }

        async Task Close()
        {
            await operations.Close();
            ScenarioRun.Require(running == 0, "The counter reported the end before the last operation ended.");
            isClosed = true;
        }
    }
}
