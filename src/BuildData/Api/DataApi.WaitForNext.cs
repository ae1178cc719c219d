using System.Globalization;
using BuildData.Resources.BuildRequests;
using BuildData.Values;

namespace BuildData;

public sealed partial class DataApi
{
    // A subscription takes at most this many patterns.
    private const int MaxBuilderPatterns = 1024;

    private static readonly string[] EventsOfWaitingRequests = ["new", "unclaimed"];

    /// <summary>
    /// Waits until a build request of one of the builders waits to be built, without claiming it. Returns at once if a request already
    /// waits. Does not poll: an event ends the wait.
    /// </summary>
    /// <remarks>
    /// All callers that wait for the same builder return when a request is added. Only one of them can claim it. So call
    /// <see cref="Updates.StartNext"/> or <see cref="Updates.ClaimNext"/>, and wait again if the result is null.
    /// </remarks>
    /// <param name="builderIds">The ids of the builders, at least one.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>A request that waited.</returns>
    /// <exception cref="ArgumentException">There are no builder ids.</exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    /// <exception cref="ObjectDisposedException">The master was disposed before a request waited.</exception>
    public async Task<BuildRequest> WaitForNext(IReadOnlyCollection<long> builderIds, CancellationToken cancellationToken = default)
    {
        EquatableList<long> ids = NextRequest.Normalize(builderIds);
        if (ids.Count == 0)
            throw new ArgumentException("There are no builder ids, so no request can ever wait.", nameof(builderIds));

        await _master.EnsureOpen(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            try
            {
                return await WaitForNextOnce(ids, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is EventsLostException or SubscriberLaggedException)
            {
                // The awaited event may be lost. The next attempt begins with a read, which finds a request that waits.
                continue;
            }
        }
    }

    private async Task<BuildRequest> WaitForNextOnce(EquatableList<long> builderIds, CancellationToken cancellationToken)
    {
        string[] patterns = builderIds.Count > MaxBuilderPatterns
            ? ["/buildrequests/*"]
            : [.. builderIds.Select(id => string.Create(CultureInfo.InvariantCulture, $"/builders/{id}/buildrequests/*"))];
        var builders = new HashSet<long>(builderIds);

        // Subscribe before reading, so that no request is missed.
        Subscription subscription = Events.Subscribe(patterns, EventsOfWaitingRequests);
        await using (((IAsyncDisposable)subscription).ConfigureAwait(false))
        {
            BuildRequest? waiting = await _master.Store.Read(NextRequest.Find, builderIds, cancellationToken).ConfigureAwait(false);
            if (waiting is not null)
                return waiting;

            await foreach (DataEvent e in subscription.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (e.Resource is BuildRequest { Complete: false, Claimed: false } request && builders.Contains(request.BuilderId))
                    return request;
            }
        }

        throw new ObjectDisposedException(nameof(Master));
    }
}
