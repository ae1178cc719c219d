using BuildData.Stores;

namespace BuildData;

/// <summary>A call of an update method, on its way to the store.</summary>
internal sealed class UpdateCall<TArgs, TResult>(UpdateBody<TArgs, TResult> body, TArgs args, Action<UpdateNeeds, TArgs>? needs)
    : StoreUpdate
{
    private readonly TaskCompletionSource<TResult> _completion = new();
    private TResult? _result;

    public Task<TResult> Task => _completion.Task;

    public override ValueTask Run(UpdateScope scope)
    {
        _result = default;
        Error = null;
        ValueTask<TResult> running;
        try
        {
            // The clock is the host's, and may fail.
            scope.BeginUpdate();
            running = body(scope, args);
            if (!running.IsCompleted)
                return Finish(running);
            _result = running.GetAwaiter().GetResult();
        }
#pragma warning disable CA1031 // Whatever it is, it is the awaiter's, not the store's.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Error = error;
        }

        return ValueTask.CompletedTask;
    }

    public override void Complete()
    {
        if (Error is not null)
            _completion.TrySetException(Error);
        else
            _completion.TrySetResult(_result!);
    }

    internal override void AddNeeds(UpdateNeeds all) => needs?.Invoke(all, args);

    protected override void Cancel(CancellationToken token) => _completion.TrySetCanceled(token);

    private async ValueTask Finish(ValueTask<TResult> running)
    {
        try
        {
            _result = await running.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Error = error;
        }
    }
}
