using BuildData.Stores;

namespace BuildData.Resources.Builders;

/// <summary>Reads and writes builders within an update.</summary>
internal static class BuilderTable
{
    public static ValueTask<Builder> GetForUpdate(UpdateContext context, long builderId) =>
        Cache(context).Builders.TryGet(builderId, out Builder? builder)
            ? new ValueTask<Builder>(builder)
            : context.GetForUpdate(new BuilderByRef(builderId), builderId);

    /// <summary>Locks a builder: until the transaction ends, no other one adds builds or build requests to it.</summary>
    public static ValueTask Lock(UpdateContext context, long builderId) =>
        context.Lock(new BuilderByRef(builderId), new RowKey(DataTables.Builders.Name, builderId));

    public static void Written(UpdateContext context, Builder builder, string eventName)
    {
        Cache(context).Builders[builder.BuilderId] = builder;
        context.Announce(BuilderDefinition.Instance, eventName, builder, builder.BuilderId);
    }

    private static BuilderCache Cache(UpdateContext context) => context.Cache.Get<BuilderCache>();
}
