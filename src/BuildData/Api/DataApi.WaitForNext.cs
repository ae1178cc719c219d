using System.Globalization;
using BuildData.Resources.BuildRequests;
using BuildData.Resources.Workers;
using BuildData.Values;

namespace BuildData;

public sealed partial class DataApi
{
    // A subscription takes at most 1,024 patterns, and one is for the worker.
    private const int MaxBuilderPatterns = 1023;

    /// <summary>
    /// Waits until one of the builders has a waiting build request. Does not claim the request. Returns at once if a request already waits.
    /// Does not poll: an event ends the wait.
    /// </summary>
    /// <remarks>
    /// When a request is added, all callers that wait for its builder return. Only one of these callers can claim the request. So call
    /// <see cref="Updates.ClaimNext"/>, and wait again if the result is null.
    /// </remarks>
    /// <param name="builderIds">The ids of the builders, at least one.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A waiting request. Another caller may claim it at any time.</returns>
    /// <exception cref="ArgumentException">There are no builder ids.</exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    /// <exception cref="ObjectDisposedException">The master was disposed before a request waited.</exception>
    public Task<BuildRequest> WaitForNext(IReadOnlyCollection<long> builderIds, CancellationToken cancellationToken = default) =>
        WaitForNext(null, builderIds, cancellationToken);

    /// <summary>
    /// Waits until a worker may start builds, and a build request of one of the builders waits to be built. A worker that is paused, or that
    /// shuts down gracefully, may not start builds. Returns at once if both hold. Does not poll: events end the wait.
    /// </summary>
    /// <remarks>
    /// All callers that wait for the same builder return when a request is added. Only one of them can claim it. So call
    /// <see cref="Updates.StartNext"/>, and wait again if the result is null.
    /// </remarks>
    /// <param name="workerId">The id of the worker; null if the build will have no worker.</param>
    /// <param name="builderIds">The ids of the builders, at least one.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ResourceNotFoundException">The worker does not exist.</exception>
    /// <inheritdoc cref="WaitForNext(IReadOnlyCollection{long}, CancellationToken)"/>
    public async Task<BuildRequest> WaitForNext(long? workerId, IReadOnlyCollection<long> builderIds, CancellationToken cancellationToken = default)
    {
        EquatableList<long> ids = NextRequest.Normalize(builderIds);
        if (ids.Count == 0)
            throw new ArgumentException("There are no builder ids, so no request can ever wait.", nameof(builderIds));

        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            try
            {
                return await WaitForNextOnce(workerId, ids, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is EventsLostException or SubscriberLaggedException)
            {
                // The awaited event may be lost. The next attempt begins with a read, which finds a request that waits.
                continue;
            }
        }
    }

    private async Task<BuildRequest> WaitForNextOnce(long? workerId, EquatableList<long> builderIds, CancellationToken cancellationToken)
    {
        // Subscribe before reading, so that no request is missed.
        string[] events = workerId is null ? ["new", "unclaimed"] : ["new", "unclaimed", "state_updated"];
        Subscription subscription = Events.Subscribe(PatternsOfNext(workerId, builderIds), events);
        await using (((IAsyncDisposable)subscription).ConfigureAwait(false))
        {
            bool mayStart = await MayStart(workerId, cancellationToken).ConfigureAwait(false);
            if (await FindNext(mayStart, builderIds, cancellationToken).ConfigureAwait(false) is { } waiting)
                return waiting;

            var builders = new HashSet<long>(builderIds);
            await foreach (DataEvent e in subscription.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (e.Resource is BuildRequest { Complete: false, Claimed: false } request && builders.Contains(request.BuilderId) && mayStart)
                    return request;
                if (e.Resource is not Worker worker)
                    continue;

                mayStart = worker is { Paused: false, Graceful: false };
                if (await FindNext(mayStart, builderIds, cancellationToken).ConfigureAwait(false) is { } found)
                    return found;
            }
        }

        throw new ObjectDisposedException(nameof(Master));
    }

    private static string[] PatternsOfNext(long? workerId, EquatableList<long> builderIds)
    {
        IEnumerable<string> requests = builderIds.Count > MaxBuilderPatterns
            ? ["/buildrequests/*"]
            : builderIds.Select(id => string.Create(CultureInfo.InvariantCulture, $"/builders/{id}/buildrequests/*"));
        return workerId is { } worker ? [.. requests, string.Create(CultureInfo.InvariantCulture, $"/workers/{worker}")] : [.. requests];
    }

    private async ValueTask<bool> MayStart(long? workerId, CancellationToken cancellationToken)
    {
        if (workerId is not { } id)
            return true;

        Worker worker = await Get(new WorkerByRef(id), cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw new ResourceNotFoundException(WorkerDefinition.Instance.Kind, id);
        return worker is { Paused: false, Graceful: false };
    }

    private async ValueTask<BuildRequest?> FindNext(bool mayStart, EquatableList<long> builderIds, CancellationToken cancellationToken) =>
        mayStart ? await _master.Store.Read(NextRequest.Find, builderIds, cancellationToken).ConfigureAwait(false) : null;
}
