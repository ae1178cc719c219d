using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

namespace BuildData.AspNetCore.Live;

/// <summary>Follows paths after an event that a client knows, with kept events instead of a new state.</summary>
/// <remarks>
/// <para>This is possible only if the events of a path tell every change of its state. So it is not for workers and masters, which also change without an
/// event, for builders and properties, whose events have other resources, and for the number of a step, where events have its id.</para>
/// <para>The removal of a build includes its steps and their logs, and only the build is announced. After such a removal, the state of paths with steps or
/// logs must be read again.</para>
/// </remarks>
internal sealed class ResumedPaths : IAsyncDisposable
{
    private const string Builds = "/builds/*";

    private readonly Subscription _subscription;
    private readonly string[] _paths;
    private readonly string[] _patterns;
    private readonly bool _hasPartsOfBuilds;

    private ResumedPaths(Subscription subscription, string[] paths, string[] patterns, bool hasPartsOfBuilds)
    {
        _subscription = subscription;
        _paths = paths;
        _patterns = patterns;
        _hasPartsOfBuilds = hasPartsOfBuilds;
    }

    /// <summary>Gets whether the changes have ended because the state must be read again.</summary>
    public bool MustReset { get; private set; }

    /// <summary>Begins to follow.</summary>
    /// <param name="data">The data.</param>
    /// <param name="paths">The paths as the client has sent them.</param>
    /// <param name="watched">The paths that they stand for.</param>
    /// <param name="after">The sequence number of the last event that the client knows.</param>
    /// <returns>Null if the paths can't be followed in this way, or events are not kept.</returns>
    public static ResumedPaths? TryBegin(DataApi data, string[] paths, string[] watched, long after)
    {
        // Only without filters does each event after the last id belong to what the client knows.
        if (watched.Any(path => path.Contains('?', StringComparison.Ordinal)))
            return null;
        Query[] queries = [.. watched.Select(path => DataApi.ParsePath(path).Query)];
        if (!queries.All(IsToldByEvents))
            return null;
        string[] patterns = [.. watched.Zip(queries, (path, query) => query.IsCollection ? path + "/*" : path)];
        bool hasPartsOfBuilds = queries.Any(IsPartOfBuild);
        try
        {
            return new ResumedPaths(data.Events.Subscribe(hasPartsOfBuilds ? [.. patterns, Builds] : patterns, after), paths, patterns, hasPartsOfBuilds);
        }
        catch (InvalidOperationException)
        {
            // Events are not kept.
            return null;
        }
        catch (InvalidPathException)
        {
            // No events have such paths, for example because they contain a name. The watch finds the ids.
            return null;
        }
    }

    /// <summary>Reads the changes. They end when the master does, or with <see cref="MustReset"/>.</summary>
    public async IAsyncEnumerable<SseItem<byte[]>> ReadChanges([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerator<DataEvent> events = _subscription.GetAsyncEnumerator(cancellationToken);
        await using (events.ConfigureAwait(false))
        {
            while (await MoveNext(events).ConfigureAwait(false))
            {
                DataEvent e = events.Current;
                if (_hasPartsOfBuilds && e is { Resource: Build, Name: "removed" })
                {
                    MustReset = true;
                    yield break;
                }

                IReadOnlyList<string> matching = _subscription.FindMatchingPatterns(e);
                string[] own = [.. _paths.Where((_, i) => matching.Contains(_patterns[i]))];
                if (own.Length > 0)
                    yield return SseMessage.Change(own, e);
            }
        }
    }

    public ValueTask DisposeAsync() => _subscription.DisposeAsync();

    private static bool IsToldByEvents(Query query) =>
        IsPartOfBuild(query)
        || query is CollectionQuery<Build> or SingleQuery<Build> or CollectionQuery<BuildRequest> or SingleQuery<BuildRequest> or CollectionQuery<Buildset> or SingleQuery<Buildset>;

    private static bool IsPartOfBuild(Query query) =>
        query is (CollectionQuery<Step> or SingleQuery<Step> or CollectionQuery<StepLog> or SingleQuery<StepLog>) and not StepByNumber;

    /// <summary>Moves to the next event. Returns false at the end, and if events after the last id are not kept or were lost.</summary>
    private async ValueTask<bool> MoveNext(IAsyncEnumerator<DataEvent> events)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is CursorExpiredException or EventsLostException)
        {
            MustReset = true;
            return false;
        }
    }
}
