using BuildData.Queries;
using BuildData.Watching;

namespace BuildData;

public sealed partial class DataApi
{
    /// <summary>
    /// Waits for an event about a resource. The resource may not exist yet. Returns at once if the event has already happened. Example:
    /// <c>await data.WaitFor&lt;Build&gt;("/builds/7", "finished")</c>.
    /// </summary>
    /// <remarks>
    /// <para>
    /// For most event names, the state of the resource shows whether the event has already happened. For example, <c>finished</c> has
    /// happened to a build that is complete, and <c>claimed</c> to a build request that is claimed. The state does not show whether
    /// <c>update</c>, <c>updated</c> or <c>unclaimed</c> has happened. For these names, the method waits for the next event.
    /// </para>
    /// <para>If the database loses events, for example by a restore from a backup, the method reads the resource again and continues to wait.</para>
    /// </remarks>
    /// <typeparam name="T">The resource type that the path returns.</typeparam>
    /// <param name="path">The path of a single resource.</param>
    /// <param name="eventName">The event name, such as <c>new</c>, <c>started</c> or <c>finished</c>.</param>
    /// <param name="timeout">
    /// The longest time to wait, measured by <see cref="BuildDataOptions.TimeProvider"/>. With <see cref="TimeSpan.Zero"/>, the
    /// method only checks whether the event has already happened. Null and <see cref="Timeout.InfiniteTimeSpan"/> set no limit.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>
    /// The resource as it was written with the event. If the event had already happened, this is the current state of the resource.
    /// </returns>
    /// <exception cref="InvalidPathException">The path is malformed, no endpoint has this path, or the path returns another type.</exception>
    /// <exception cref="InvalidQueryException">A query parameter is unknown, malformed or not supported.</exception>
    /// <exception cref="ArgumentException">Resources of this type have no event with this name.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative, and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    /// <exception cref="TimeoutException">The event did not happen within <paramref name="timeout"/>.</exception>
    /// <exception cref="StoreReadOnlyException">The store is open read-only, and <paramref name="timeout"/> is not zero.</exception>
    /// <exception cref="StoreException">The store can't be read.</exception>
    /// <exception cref="ObjectDisposedException">The master was disposed before the event happened.</exception>
    public Task<T> WaitFor<T>(DataPath path, string eventName, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where T : class
    {
        string text = path.ToString();
        (Query query, ResultSpec spec) = Parse(text, null);
        return query is SingleQuery<T> single
            ? WaitFor(single, spec, eventName, timeout, cancellationToken)
            : throw new InvalidPathException(text, $"WaitFor<{typeof(T).Name}> was called, but the path does not return one {typeof(T).Name}.");
    }

    /// <summary>Waits for an event of the resource of a typed query. Returns at once if the event has already happened.</summary>
    /// <typeparam name="T">The resource type that the query returns.</typeparam>
    /// <param name="query">The query.</param>
    /// <param name="eventName">The event name, such as <c>new</c>, <c>started</c> or <c>finished</c>.</param>
    /// <param name="timeout">
    /// The longest time to wait, measured by <see cref="BuildDataOptions.TimeProvider"/>. With <see cref="TimeSpan.Zero"/>, the
    /// method only checks whether the event has already happened. Null and <see cref="Timeout.InfiniteTimeSpan"/> set no limit.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <inheritdoc cref="WaitFor{T}(DataPath, string, TimeSpan?, CancellationToken)"/>
    public Task<T> WaitFor<T>(SingleQuery<T> query, string eventName, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(query);
        return WaitFor(query, ResultSpec.Empty, eventName, timeout, cancellationToken);
    }

    private async Task<T> WaitFor<T>(
        SingleQuery<T> query, ResultSpec spec, string eventName, TimeSpan? timeout, CancellationToken cancellationToken)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(eventName);
        _ = RequireNothingIncluded(spec);
        IReadOnlyList<string> names = query.Resource.PublicEventNames;
        if (!names.Contains(eventName))
        {
            throw new ArgumentException(
                $"A {query.Resource.Kind} has no event '{eventName}'. Use one of: {string.Join(", ", names)}.", nameof(eventName));
        }

        if (timeout == Timeout.InfiniteTimeSpan)
            timeout = null;
        if (timeout is { } given)
            ArgumentOutOfRangeException.ThrowIfLessThan(given, TimeSpan.Zero, nameof(timeout));

        if (timeout == TimeSpan.Zero)
        {
            T? resource = await Get(query, spec, cancellationToken).ConfigureAwait(false);
            return resource is not null && query.Resource.StateShowsEvent(resource, eventName) ? resource : throw TimedOut(query, eventName, timeout, null);
        }

        using LongTimeoutTokenSource? timeoutSource = timeout is { } time ? new LongTimeoutTokenSource(time, _clock) : null;
        CancellationToken timedOut = timeoutSource?.Token ?? CancellationToken.None;
        using var timedOutOrCancelled = CancellationTokenSource.CreateLinkedTokenSource(timedOut, cancellationToken);
        while (true)
        {
            try
            {
                return await WaitOnce(query, spec, eventName, timedOutOrCancelled.Token).ConfigureAwait(false);
            }
            catch (EventsLostException)
            {
                // The awaited event may be among the lost events. A new watch begins with the current state. That state shows the event.
                continue;
            }
            catch (OperationCanceledException error) when (timedOut.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw TimedOut(query, eventName, timeout, error);
            }
        }
    }

    private static TimeoutException TimedOut(Query query, string eventName, TimeSpan? timeout, Exception? cause) =>
        new($"'{query.Path}' has had no event '{eventName}' within the timeout of {timeout}.", cause);

    private async Task<T> WaitOnce<T>(SingleQuery<T> query, ResultSpec spec, string eventName, CancellationToken cancellationToken)
        where T : class
    {
        Watch<T> watch = await Watch(query, spec, cancellationToken).ConfigureAwait(false);
        await using (((IAsyncDisposable)watch).ConfigureAwait(false))
        {
            if (watch.InitialResult.Count > 0 && query.Resource.StateShowsEvent(watch.InitialResult[0], eventName))
                return watch.InitialResult[0];

            await foreach (WatchChange<T> change in watch.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (change.EventName == eventName || query.Resource.StateShowsEvent(change.Resource, eventName))
                    return change.Resource;
            }
        }

        throw new ObjectDisposedException(nameof(Master));
    }
}
