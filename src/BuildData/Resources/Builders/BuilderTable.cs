namespace BuildData.Resources.Builders;

/// <summary>Reads and writes builders within an update.</summary>
internal static class BuilderTable
{
    public static ValueTask<Builder> GetForUpdate(UpdateContext context, long builderId)
    {
        return context.Cache.Builders.TryGetValue(builderId, out Builder? builder) ? new ValueTask<Builder>(builder) : Read(context, builderId);

        static ValueTask<Builder> Read(UpdateContext context, long builderId) => context.GetForUpdate(new BuilderByRef(builderId), builderId);
    }

    /// <summary>Locks a builder if the store has several writers. Until the transaction ends, no other one adds builds or build requests to it.</summary>
    public static async ValueTask Lock(UpdateContext context, long builderId)
    {
        if (context.Session.Dialect.HasSeveralWriters && !context.Cache.LockedBuilders.Contains(builderId))
            await GetForUpdate(context, builderId).ConfigureAwait(false);
    }

    public static void Written(UpdateContext context, Builder builder, string eventName)
    {
        if (context.Session.Dialect.HasSeveralWriters)
            context.Cache.Builders[builder.BuilderId] = builder;
        context.Announce(BuilderDefinition.Instance, eventName, builder, builder.BuilderId);
    }
}
