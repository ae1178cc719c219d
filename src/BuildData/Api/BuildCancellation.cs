namespace BuildData;

/// <summary>
/// Holds a token that is cancelled when the cancellation of a build is requested (<see cref="Updates.CancelBuildRequests"/>), on any master.
/// </summary>
/// <remarks>
/// <para>Dispose it when the build has ended. It also stops by itself when the build is finished or the master is disposed.</para>
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

    /// <summary>Gets the reason for the cancellation; null as long as none is requested.</summary>
    public string? Reason { get; private set; }

    /// <summary>Returns <see cref="Token"/>.</summary>
    public static implicit operator CancellationToken(BuildCancellation cancellation) => cancellation?.Token ?? CancellationToken.None;

    /// <summary>Returns <see cref="Token"/>.</summary>
    public CancellationToken ToCancellationToken() => Token;

    /// <summary>Stops following the build. The token is not cancelled any more.</summary>
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
