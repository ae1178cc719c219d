namespace BuildData.Torture.Handovers.Control;

/// <summary>
/// Makes the code after an <c>await</c> a work item of the explorer. All controlled threads have the same context, so the runtime runs such
/// code at once exactly where it would do so on the thread pool.
/// </summary>
internal sealed class ControlledContext(Explorer explorer) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Explorer.Current is null)
            explorer.Fail($"A task completed on a thread that the explorer does not control: its code waits for something that is not rewritten.\n{d.Method} {d.Target} {state}\n{Environment.StackTrace}");
        else
            explorer.QueueToPool("continuation", () => d(state));
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
