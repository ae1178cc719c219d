namespace BuildData;

public sealed partial class DataApi
{
    private static readonly TimeSpan CancellationRetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Returns an object with a cancellation token for a build. The token is cancelled when any master requests the cancellation of the
    /// build. If the cancellation was requested before the call, the token is already cancelled.
    /// </summary>
    /// <example>
    /// <code>
    /// await using BuildCancellation cancellation = await data.CancellationOf(build.BuildId);
    /// await RunTests(cancellation.Token);
    /// </code>
    /// </example>
    /// <param name="buildId">The id of the build.</param>
    /// <param name="cancellationToken">Cancels the call. This argument has no effect after the method has returned.</param>
    /// <returns>The object that holds the token.</returns>
    /// <exception cref="ResourceNotFoundException">There is no such build.</exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public async Task<BuildCancellation> CancellationOf(long buildId, CancellationToken cancellationToken = default)
    {
        Watch<Build> watch = await Watch(new BuildByRef(buildId), null, cancellationToken).ConfigureAwait(false);
        if (watch.InitialResult.Count == 0)
        {
            await watch.DisposeAsync().ConfigureAwait(false);
            throw new ResourceNotFoundException("build", buildId);
        }

        var cancellation = new BuildCancellation(buildId, _master.LogFailedCancellationCallback);
        if (watch.InitialResult[0].CancelRequestedAt is not null)
            await cancellation.Request(watch.InitialResult[0].CancelReason).ConfigureAwait(false);
        cancellation.Start((target, stop) => FollowCancellation(target, watch, stop));
        return cancellation;
    }

    /// <summary>Reads the changes of a build until the cancellation of the build is requested, or until the build is finished.</summary>
    private async Task FollowCancellation(BuildCancellation cancellation, Watch<Build> first, CancellationToken stop)
    {
        Watch<Build>? watch = first;
        while (watch is not null)
        {
            try
            {
                await using (((IAsyncDisposable)watch).ConfigureAwait(false))
                {
                    if (watch.InitialResult.Count == 0 || await HandleCancellation(cancellation, watch.InitialResult[0]).ConfigureAwait(false))
                        return;

                    await foreach (WatchChange<Build> change in watch.WithCancellation(stop).ConfigureAwait(false))
                    {
                        if (await HandleCancellation(cancellation, change.Resource).ConfigureAwait(false))
                            return;
                    }

                    return;
                }
            }
            catch (Exception error) when (error is EventsLostException or SubscriberLaggedException)
            {
                // The event may be among those that were lost. A new watch begins with the present state.
                watch = await RestartCancellationWatch(cancellation.BuildId, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async Task<bool> HandleCancellation(BuildCancellation cancellation, Build build)
    {
        if (build.CancelRequestedAt is not null && !cancellation.Token.IsCancellationRequested)
            await cancellation.Request(build.CancelReason).ConfigureAwait(false);
        return build.Complete || build.CancelRequestedAt is not null;
    }

    /// <summary>
    /// Starts another watch of the build. Repeats the attempt while the store can't be read. Returns null when the watch is no longer
    /// needed.
    /// </summary>
    private async Task<Watch<Build>?> RestartCancellationWatch(long buildId, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await Watch(new BuildByRef(buildId), null, stop).ConfigureAwait(false);
            }
            catch (StoreException)
            {
                await Task.Delay(CancellationRetryDelay, _clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return null;
            }
        }
    }
}
