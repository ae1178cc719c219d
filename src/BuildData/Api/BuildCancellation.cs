namespace BuildData;

/// <summary>
/// Holds a cancellation token for a build. The token is cancelled when any master requests the cancellation of the build
/// (<see cref="Updates.CancelBuildRequests"/>).
/// </summary>
/// <remarks>
/// <para>Dispose this object when your code has ended the build. The object also stops following the build when the build is finished or
/// the master is disposed.</para>
/// <para>If a callback that is registered with the token throws, the exception is logged.</para>
/// </remarks>
public sealed class BuildCancellation : IAsyncDisposable
{
    private readonly CancellationTokenSource _requested = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _following = Task.CompletedTask;

    private readonly Action<Exception, long> _logFailedCallback;

    internal BuildCancellation(long buildId, Action<Exception, long> logFailedCallback)
    {
        BuildId = buildId;
        _logFailedCallback = logFailedCallback;
    }

    /// <summary>Gets the id of the build.</summary>
    public long BuildId { get; }

    /// <summary>Gets the token. It is cancelled once the cancellation of the build is requested.</summary>
    public CancellationToken Token => _requested.Token;

    /// <summary>Gets the reason for the cancellation; null until a cancellation is requested.</summary>
    public string? Reason { get; private set; }

    /// <summary>Returns <see cref="Token"/>.</summary>
    public static implicit operator CancellationToken(BuildCancellation cancellation) => cancellation?.Token ?? CancellationToken.None;

    /// <summary>Returns <see cref="Token"/>.</summary>
    public CancellationToken ToCancellationToken() => Token;

    /// <summary>Stops following the build. A later request for cancellation does not cancel the token.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Starts to follow the build in the background.</summary>
    internal void Start(Func<BuildCancellation, CancellationToken, Task> follow) => _following = follow(this, _stop.Token);

    /// <summary>Cancels the token. Logs the exceptions of callbacks that the host program has registered with the token.</summary>
    internal async Task Request(string? reason)
    {
        Reason = reason;
        try
        {
            await _requested.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException error)
        {
            _logFailedCallback(error, BuildId);
        }
    }
}
