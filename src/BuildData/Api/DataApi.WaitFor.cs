using BuildData.Queries;
using BuildData.Watching;

namespace BuildData;

public sealed partial class DataApi
{
    /// <summary>
    /// Waits until something has happened to a resource, also if it happened before this call, or the resource does not exist
    /// yet: <c>await data.WaitFor&lt;Build&gt;("/builds/7", "finished")</c>.
    /// </summary>
    /// <remarks>
    /// What happened before is told by the resource itself: a build that is complete has <c>finished</c>, a request that is
    /// claimed has been <c>claimed</c>. <c>update</c>, <c>updated</c> and <c>unclaimed</c> leave no trace, so the next one counts.
    /// Where a database has lost events, the waiting begins anew.
    /// </remarks>
    /// <typeparam name="T">The resource type that the path gives.</typeparam>
    /// <param name="path">The path of a single resource.</param>
    /// <param name="eventName">What is to happen: <c>new</c>, <c>started</c>, <c>finished</c>, ….</param>
    /// <param name="timeout">
    /// How long to wait at most, by <see cref="BuildDataOptions.TimeProvider"/>: any positive time, or
    /// <see cref="TimeSpan.Zero"/> to check only whether it has happened already. Null and <see cref="Timeout.InfiniteTimeSpan"/>
    /// set no limit.
    /// </param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The resource as it was when it happened, or as it is now if that was before.</returns>
    /// <exception cref="InvalidPathException">No endpoint has such a path, it is malformed, or it gives something else.</exception>
    /// <exception cref="ArgumentException">Nothing that happens to such a resource is called that.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is negative, and not <see cref="Timeout.InfiniteTimeSpan"/>.</exception>
    /// <exception cref="TimeoutException">It has not happened in time.</exception>
    /// <exception cref="ObjectDisposedException">The master was disposed before it happened.</exception>
    public Task<T> WaitFor<T>(DataPath path, string eventName, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where T : class
    {
        string text = path.ToString();
        (Query query, ResultSpec spec) = Parse(text, null);
        return query is SingleQuery<T> single
            ? WaitFor(single, spec, eventName, timeout, cancellationToken)
            : throw new InvalidPathException(text, $"WaitFor<{typeof(T).Name}> was called, but it does not give one {typeof(T).Name}.");
    }

    /// <summary>Waits until something has happened to the resource of a typed query, also if it happened before.</summary>
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
        IReadOnlyList<string> names = query.Resource.EventNames;
        if (!names.Contains(eventName))
        {
            throw new ArgumentException(
                $"No event of a {query.Resource.Kind} is called '{eventName}'; there are: {string.Join(", ", names)}.", nameof(eventName));
        }

        if (timeout == Timeout.InfiniteTimeSpan)
            timeout = null;
        if (timeout is { } given)
            ArgumentOutOfRangeException.ThrowIfLessThan(given, TimeSpan.Zero, nameof(timeout));

        if (timeout == TimeSpan.Zero)
        {
            T? resource = await Get(query, spec, cancellationToken).ConfigureAwait(false);
            return resource is not null && query.Resource.HasHappened(resource, eventName) ? resource : throw TimeIsOver(query, eventName, timeout, null);
        }

        using TimeLimit? limit = timeout is { } time ? new TimeLimit(time, _clock) : null;
        CancellationToken over = limit?.Over ?? CancellationToken.None;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, cancellationToken);
        while (true)
        {
            try
            {
                return await WaitOnce(query, spec, eventName, either.Token).ConfigureAwait(false);
            }
            catch (EventsLostException)
            {
                // A new answer tells whether it was among them.
                continue;
            }
            catch (OperationCanceledException error) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw TimeIsOver(query, eventName, timeout, error);
            }
        }
    }

    private static TimeoutException TimeIsOver(Query query, string eventName, TimeSpan? timeout, Exception? cause) =>
        new($"'{query.Path}' had no event '{eventName}' within {timeout}.", cause);

    private async Task<T> WaitOnce<T>(SingleQuery<T> query, ResultSpec spec, string eventName, CancellationToken cancellationToken)
        where T : class
    {
        Watch<T> watch = await Watch(query, spec, cancellationToken).ConfigureAwait(false);
        await using (((IAsyncDisposable)watch).ConfigureAwait(false))
        {
            if (watch.Answer.Count > 0 && query.Resource.HasHappened(watch.Answer[0], eventName))
                return watch.Answer[0];

            await foreach (WatchChange<T> change in watch.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (change.EventName == eventName || query.Resource.HasHappened(change.Resource, eventName))
                    return change.Resource;
            }
        }

        throw new ObjectDisposedException(nameof(Master));
    }
}
