namespace BuildData;

/// <summary>
/// Holds a token that is cancelled when the cancellation of a build is requested (<see cref="Updates.CancelBuildRequests"/>), on any master.
/// </summary>
/// <remarks>Dispose it when the build has ended. It also stops by itself when the build is finished or the master is disposed.</remarks>
public sealed class BuildCancellation : IAsyncDisposable
{
    private readonly CancellationTokenSource _requested = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _following = Task.CompletedTask;

    internal BuildCancellation(long buildId) => BuildId = buildId;

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

    internal Task Request(string? reason)
    {
        Reason = reason;
        return _requested.CancelAsync();
    }
}
