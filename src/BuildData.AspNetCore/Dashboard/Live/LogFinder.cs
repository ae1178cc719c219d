using BuildData.Queries;

namespace BuildData.AspNetCore.Dashboard.Live;

/// <summary>Waits until a step has a log.</summary>
internal sealed class LogFinder(DataApi data, long stepId, TimeProvider clock) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private IAsyncEnumerator<DataEvent>? _events;
    private Task<bool> _next = Task.FromResult(false);

    /// <summary>Gets whether the step had ended when its logs were read.</summary>
    public bool IsStepComplete { get; private set; }

    /// <summary>Returns the logs of the step.</summary>
    public async Task<IReadOnlyList<StepLog>> Read(ResultSpec spec, CancellationToken cancellationToken)
    {
        // The step is read first, and the subscription begins before both. So a log that is added meanwhile is found.
        Step? step = await data.Get(new StepById(stepId), cancellationToken: cancellationToken).ConfigureAwait(false);
        IsStepComplete = step is null or { Complete: true };
        if (!IsStepComplete && _events is null && Subscribe() is { } subscription)
        {
            _events = subscription.GetAsyncEnumerator(_ending.Token);
            _next = _events.MoveNextAsync().AsTask();
        }

        return await data.GetAll(new LogsOfStep(stepId), spec, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for a change of the step or its logs, but not for ever.</summary>
    /// <returns>Whether there was a change.</returns>
    public async Task<bool> WaitForChange(CancellationToken cancellationToken)
    {
        if (_events is null)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), clock, cancellationToken).ConfigureAwait(false);
            return true;
        }

        if (!await PageStream.WaitOrPing(_next, clock, cancellationToken).ConfigureAwait(false))
            return false;
        ObjectDisposedException.ThrowIf(!await _next.ConfigureAwait(false), typeof(Master));
        _next = _events.MoveNextAsync().AsTask();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        // An enumerator must not be disposed while it moves.
        await _ending.CancelAsync().ConfigureAwait(false);
        await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_events is not null)
            await _events.DisposeAsync().ConfigureAwait(false);
        _ending.Dispose();
    }

    private Subscription? Subscribe()
    {
        try
        {
            return data.Events.Subscribe([$"/steps/{stepId}", $"/steps/{stepId}/logs/*"]);
        }
        catch (StoreReadOnlyException)
        {
            return null;
        }
    }
}
