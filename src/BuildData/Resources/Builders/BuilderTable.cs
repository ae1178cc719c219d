using BuildData.Stores;

namespace BuildData.Resources.Builders;

/// <summary>Reads and writes builders within an update.</summary>
internal static class BuilderTable
{
    /// <summary>Returns a builder with its tags, and locks the builder's row.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such builder.</exception>
    public static ValueTask<Builder> GetForUpdate(UpdateContext context, long builderId) =>
        Cache(context).Builders.TryGet(builderId, out Builder? builder)
            ? new ValueTask<Builder>(builder)
            : context.GetForUpdate(new BuilderByRef(builderId), builderId);

    /// <summary>
    /// Locks a builder's row until the transaction ends. Until then, no other transaction can add a build to the builder. No other
    /// transaction can add a build request with a <see cref="BuildRequests.CollapseKey"/> either.
    /// </summary>
    /// <exception cref="ResourceNotFoundException">There is no such builder.</exception>
    public static ValueTask Lock(UpdateContext context, long builderId) =>
        context.Lock(new BuilderByRef(builderId), new RowKey(ResourceTables.Builders.Name, builderId));

    /// <summary>Caches a builder that the update has written, and announces an event with the given name.</summary>
    public static void CacheAndAnnounce(UpdateContext context, Builder builder, string eventName)
    {
        Cache(context).Builders[builder.BuilderId] = builder;
        context.Announce(BuilderDefinition.Instance, eventName, builder, builder.BuilderId);
    }

    private static BuilderCache Cache(UpdateContext context) => context.Cache.GetPart<BuilderCache>();
}
