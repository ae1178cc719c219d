using BuildData.Stores;

namespace BuildData;

/// <summary>
/// What resources belong to, where they do not say so themselves: the builder of a step, the name of a builder. None of it ever
/// changes, so what was read once is known.
/// </summary>
internal sealed class MembershipCache(IStore store)
{
    private const int Capacity = 10_000;

    private readonly Dictionary<long, Builder> _builders = [];
    private readonly Dictionary<long, Build> _builds = [];
    private readonly Dictionary<long, long?> _triggers = [];

    public ValueTask<bool> IsBuilder(long builderId, BuilderRef wanted, CancellationToken cancellationToken)
    {
        return wanted.Name is null ? new ValueTask<bool>(wanted.Id == builderId) : ByName();

        async ValueTask<bool> ByName()
        {
            Builder builder = await Known(_builders, builderId, new BuilderByRef(builderId), cancellationToken).ConfigureAwait(false);
            return builder.Name == wanted.Name;
        }
    }

    public ValueTask<bool> IsBuild(long buildId, BuildRef wanted, CancellationToken cancellationToken)
    {
        return wanted.Id is { } id ? new ValueTask<bool>(id == buildId) : ByNumber();

        async ValueTask<bool> ByNumber()
        {
            Build build = await Build(buildId, cancellationToken).ConfigureAwait(false);
            return build.Number == wanted.Number && await IsBuilder(build.BuilderId, wanted.Builder, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a build is one of a builder's.</summary>
    public async ValueTask<bool> IsOfBuilder(long buildId, BuilderRef wanted, CancellationToken cancellationToken)
    {
        Build build = await Build(buildId, cancellationToken).ConfigureAwait(false);
        return await IsBuilder(build.BuilderId, wanted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether a build request belongs to a buildset that a build has triggered.</summary>
    public async ValueTask<bool> IsTriggeredBy(long buildRequestId, long buildId, CancellationToken cancellationToken)
    {
        if (!_triggers.TryGetValue(buildRequestId, out long? trigger))
        {
            BuildRequest request = await Read(new BuildRequestById(buildRequestId), cancellationToken).ConfigureAwait(false);
            Buildset buildset = await Read(new BuildsetById(request.BuildsetId), cancellationToken).ConfigureAwait(false);
            trigger = buildset.ParentBuildId;
            Add(_triggers, buildRequestId, trigger);
        }

        return trigger == buildId;
    }

    /// <summary>The properties of a buildset, which are all there when it is new.</summary>
    public ValueTask<PropertyMap> PropertiesOfBuildset(long buildsetId, CancellationToken cancellationToken) =>
        Read(new PropertiesOfBuildset(buildsetId), cancellationToken);

    private ValueTask<Build> Build(long buildId, CancellationToken cancellationToken) =>
        Known(_builds, buildId, new BuildByRef(buildId), cancellationToken);

    private async ValueTask<T> Known<T>(Dictionary<long, T> known, long id, SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class
    {
        if (known.TryGetValue(id, out T? resource))
            return resource;

        resource = await Read(query, cancellationToken).ConfigureAwait(false);
        Add(known, id, resource);
        return resource;
    }

    // An event names it, so it was committed before.
    private async ValueTask<T> Read<T>(SingleQuery<T> query, CancellationToken cancellationToken)
        where T : class =>
        await store.Read(
            static (session, query, token) => query.Read(session, BoundSpec.None, token), query, cancellationToken).ConfigureAwait(false)
        ?? throw new StoreException($"An event tells of '{query.Path}', which is not in the store.");

    private static void Add<T>(Dictionary<long, T> known, long id, T value)
    {
        if (known.Count >= Capacity)
            known.Clear();
        known[id] = value;
    }
}
