namespace BuildData.Torture.Handovers.Control;

/// <summary>Runs tasks as work items of the explorer.</summary>
internal sealed class ControlledTaskScheduler(Explorer explorer) : TaskScheduler
{
    protected override void QueueTask(Task task) => explorer.QueueToPool("task", () => TryExecuteTask(task));

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task>? GetScheduledTasks() => null;
}
