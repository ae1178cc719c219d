namespace BuildData.Tests;

/// <summary>Holds up the next update that is taken up, and with it those behind it.</summary>
internal sealed class HeldUpdate : IDisposable
{
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goesOn = new();

    public HeldUpdate(TestClock clock) => clock.BeforeGetUtcNow = () =>
    {
        // An update asks for the time when it has been taken up.
        clock.BeforeGetUtcNow = null;
        _began.SetResult();
        _goesOn.Task.Wait(Given.Patience);
    };

    /// <summary>Completes when the update has been taken up.</summary>
    public Task Began => _began.Task.WaitAsync(Given.Patience);

    public void GoOn() => _goesOn.TrySetResult();

    public void Dispose() => GoOn();
}
