using BuildData.PostgreSql.Writing;
using BuildData.Resources;
using BuildData.Torture.Handovers.Scenarios;
using BuildData.Updating;

namespace BuildData.Torture.Tests.Handovers;

/// <summary>Repeats with a fixed order of steps what the exploration of PostgreSQL's scheduler has found.</summary>
internal sealed class BatchSchedulerTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Test]
    [CancelAfter(60_000)]
    public async Task DisposeAsync_LastQueuedUpdateIsCancelled_Returns()
    {
        var parts = new LibraryParts();
        var scheduler = new BatchScheduler(parts.Context, () => new FakeConnection(_ => 1, parts.Context));
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var source = new CancellationTokenSource();
        Task running = Write(scheduler, mayEnd.Task, CancellationToken.None);
        Task queued = Write(scheduler, Task.CompletedTask, source.Token);
        await source.CancelAsync();

        Task disposal = scheduler.DisposeAsync().AsTask();
        mayEnd.SetResult();

        await disposal.WaitAsync(Limit);
        await running.WaitAsync(Limit);
        await queued.Invoking(task => task.WaitAsync(Limit)).Should().ThrowAsync<OperationCanceledException>();
    }

    // The updates need the same row, so they run one after the other.
    private static Task<int> Write(BatchScheduler scheduler, Task end, CancellationToken cancellationToken)
    {
        var update = new UpdateCall<Task, int>(
            static async (_, end) =>
            {
                await end;
                return 0;
            },
            end,
            static (plan, _) => plan.AddRowToLock(ResourceTables.Builders, 1));
        scheduler.Write(update, cancellationToken);
        return update.Task;
    }
}
