using BuildData.PostgreSql.Writing;
using BuildData.Resources;
using BuildData.Updating;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>
/// Callers pass updates to PostgreSQL's scheduler while other sessions hold locks, updates are cancelled, and sometimes while it is closed.
/// Each update runs once and completes once, those of a row run one at a time and in order, and all connections are closed at the end.
/// </summary>
internal sealed class Batches : IScenario
{
    private const int Rows = 2;
    private const int Callers = 4;

    public string Name => "batches";

    public async Task Run(ScenarioRun run)
    {
        var parts = new LibraryParts();
        var connections = new List<FakeConnection>();
        var scheduler = new BatchScheduler(parts.Context, () =>
        {
            connections.Add(new FakeConnection(run.Choose, parts.Context));
            return connections[^1];
        });
        bool closesEarly = run.Choose(3) == 0;
        bool[] isRowInUse = new bool[Rows];
        List<int>[] order = [[], []];
        int begun = 0, succeeded = 0, refused = 0, cancelled = 0;
        var running = new List<Task>();
        for (int caller = 0; caller < Callers; caller++)
        {
            int row = caller % Rows;
            running.Add(run.Start(() => WriteTwo(row)));
        }

        using var source = new CancellationTokenSource();
        running.Add(run.Start(() => Count(Write(0, 100, source.Token))));
        running.Add(run.StartBlocking(() => source.Cancel()));
        if (closesEarly)
            running.Add(run.Start(async () => await scheduler.DisposeAsync()));
        await Task.WhenAll(running);
        if (!closesEarly)
            await scheduler.DisposeAsync();

        int total = (2 * Callers) + 1;
        ScenarioRun.Require(succeeded + refused + cancelled == total, "An update completed twice or never.");
        ScenarioRun.Require(succeeded == begun, "An update ran that did not succeed, or it ran twice.");
        ScenarioRun.Require(closesEarly || refused == 0, "An update was refused, although the scheduler was not closed.");
        ScenarioRun.Require(connections.TrueForAll(connection => connection.IsDisposed), "A connection is still open.");
        ScenarioRun.Require(scheduler.QueuedCount == 0, "An update is still in the queue.");

        // Two updates of a row, the second before the first has completed.
        async Task WriteTwo(int row)
        {
            int first = order[row].Count == 0 ? 1 : 3;
            await Task.WhenAll(Count(Write(row, first, CancellationToken.None)), Count(Write(row, first + 1, CancellationToken.None)));
        }

        Task<int> Write(int row, int number, CancellationToken cancellationToken)
        {
            var update = new UpdateCall<int, int>(
                async (_, args) =>
                {
                    ScenarioRun.Require(!isRowInUse[row], "Two updates of a row run at the same time.");
                    isRowInUse[row] = true;
                    begun++;
                    await Task.Yield();
                    order[row].Add(args);
                    isRowInUse[row] = false;
                    return args;
                },
                number,
                (plan, _) => plan.AddRowToLock(row == 0 ? ResourceTables.Builders : ResourceTables.Workers, row));
            scheduler.Write(update, cancellationToken);
            return update.Task;
        }

        async Task Count(Task<int> update)
        {
            try
            {
                await update;
                succeeded++;
            }
            catch (ObjectDisposedException)
            {
                refused++;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
        }
    }
}
