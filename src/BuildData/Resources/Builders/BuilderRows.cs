namespace BuildData;

/// <summary>Reads and writes builders within an update.</summary>
internal static class BuilderRows
{
    public static ValueTask<Builder> Find(UpdateScope scope, long builderId)
    {
        return scope.Held.Builders.TryGetValue(builderId, out Builder? builder) ? new ValueTask<Builder>(builder) : Read(scope, builderId);

        static ValueTask<Builder> Read(UpdateScope scope, long builderId) => scope.Lock(new OneBuilder(builderId), builderId);
    }

    /// <summary>Locks a builder where others write too, so that only this transaction adds builds and build requests to it.</summary>
    public static async ValueTask Lock(UpdateScope scope, long builderId)
    {
        if (scope.Session.Dialect.HasSeveralWriters && !scope.Held.LockedBuilders.Contains(builderId))
            await Find(scope, builderId).ConfigureAwait(false);
    }

    public static void Written(UpdateScope scope, Builder builder, string eventName)
    {
        if (scope.Session.Dialect.HasSeveralWriters)
            scope.Held.Builders[builder.BuilderId] = builder;
        scope.Announce(Catalog.Builders, eventName, builder, builder.BuilderId);
    }
}
