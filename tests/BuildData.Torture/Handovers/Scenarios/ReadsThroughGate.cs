using BuildData.Stores.Sqlite;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Reads enter and leave the gate while it is paused, resumed and closed, and while some of them are cancelled. Never more than the limit are
/// inside, none enters a pause, and none waits for ever.
/// </summary>
internal sealed class ReadsThroughGate : IScenario
{
    private const int Capacity = 2;
    private const int Readers = 5;

    public string Name => "gate";

    public async Task Run(ScenarioRun run)
    {
        var gate = new ReadGate(Capacity);
        bool isClosed = run.Choose(2) == 0;
        int inside = 0, entered = 0, refused = 0, cancelled = 0;
        bool mustBeEmpty = false;
        var running = new List<Task>();
        for (int i = 0; i < Readers; i++)
        {
            CancellationTokenSource? source = i % 2 == 0 ? new CancellationTokenSource() : null;
            running.Add(run.Start(() => Read(source?.Token ?? CancellationToken.None)));
            if (source is not null)
                running.Add(run.StartBlocking(() => source.Cancel()));
        }

        running.Add(run.Start(Pause));
        if (isClosed)
            running.Add(run.Start(() => Close()));
        await Task.WhenAll(running);
        await Close();
        ScenarioRun.Require(entered + refused + cancelled == Readers, "A read has neither entered nor failed.");
        ScenarioRun.Require(isClosed || refused == 0, "A read was refused, although the gate was open.");

        async Task Read(CancellationToken cancellationToken)
        {
            try
            {
                await gate.Enter(cancellationToken);
            }
            catch (ObjectDisposedException)
            {
                refused++;
                return;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
                return;
            }

            inside++;
            entered++;
            ScenarioRun.Require(inside <= Capacity, "More reads are inside than the limit allows.");
            ScenarioRun.Require(!mustBeEmpty, "A read entered a pause.");
            await Task.Yield();
            inside--;
            gate.Leave();
        }

        async Task Pause()
        {
            for (int i = 0; i < 2; i++)
            {
                var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                gate.Pause(() =>
                {
                    ScenarioRun.Require(inside == 0, "The pause began while a read was inside.");
                    mustBeEmpty = true;
                    ended.SetResult();
                });
                await ended.Task;
                mustBeEmpty = false;
                gate.Resume();
            }
        }

        async Task Close()
        {
            await gate.Close();
            ScenarioRun.Require(inside == 0, "The gate was closed while a read was inside.");
        }
    }
}
