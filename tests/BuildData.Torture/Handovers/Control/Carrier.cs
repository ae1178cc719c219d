namespace BuildData.Torture.Handovers.Control;

/// <summary>A thread of the operating system that runs controlled threads, one after the other.</summary>
internal sealed class Carrier
{
    private readonly SemaphoreSlim _turn = new(0);
    private readonly CarrierPool _pool;
    private ControlledThread? _next;

    public Carrier(CarrierPool pool)
    {
        _pool = pool;

        // A background thread: after a violation, the threads of the schedule wait for ever.
        new Thread(Run) { IsBackground = true, Name = "explored" }.UnsafeStart();
    }

    /// <summary>Starts a thread on this carrier, which must be idle.</summary>
    public void Start(ControlledThread thread)
    {
        _next = thread;
        _turn.Release();
    }

    /// <summary>Lets the thread that waits in <see cref="WaitForTurn"/> continue.</summary>
    public void GiveTurn() => _turn.Release();

    /// <summary>Waits until the explorer chooses the thread of this carrier.</summary>
    public void WaitForTurn() => _turn.Wait();

    private void Run()
    {
        ExecutionContext clean = ExecutionContext.Capture()!;
        while (true)
        {
            _turn.Wait();
            ControlledThread? thread = _next;
            while (thread is not null)
            {
                thread.Carrier = this;
                ExecutionContext.Run(clean, static state => ((ControlledThread)state!).Explorer.RunBody((ControlledThread)state), thread);

                // Before another thread gets the turn, this carrier must be in the pool.
                thread = thread.Explorer.End(thread, returnCarrier: () => _pool.Return(this));
            }
        }
    }
}
