using BuildData.Resources.Workers;
using BuildData.Stores;

namespace BuildData.Resources.Builders;

/// <summary>Changes a master's list of builders within an update. The caller must have locked the master's row.</summary>
internal static class BuilderList
{
    /// <summary>Replaces the list of a master by the builders with the given names.</summary>
    public static async ValueTask Set(UpdateContext context, long masterId, IReadOnlyCollection<string> names)
    {
        List<long> before = await BuilderTable.ReadIdsOfMaster(context, masterId).ConfigureAwait(false);
        var named = new SortedSet<long>();
        foreach (string name in names)
            named.Add(await BuilderTable.GetOrAddId(context, name).ConfigureAwait(false));

        var changing = new List<Builder>();
        foreach (long id in before.Union(named).Except(before.Intersect(named)).Order())
        {
            if (await BuilderTable.TryGetForUpdate(context, id).ConfigureAwait(false) is { } builder)
                changing.Add(builder);
        }

        await Deconfigure(context, masterId, [.. before.Except(named)]).ConfigureAwait(false);
        foreach (Builder builder in changing)
            await BuilderTable.SetOnMaster(context, builder, masterId, named.Contains(builder.BuilderId)).ConfigureAwait(false);
    }

    private static async ValueTask Deconfigure(UpdateContext context, long masterId, long[] builderIds)
    {
        if (builderIds.Length == 0)
            return;

        foreach (Worker worker in await WorkerTable.LockWorkersOfMaster(context, masterId).ConfigureAwait(false))
        {
            long[] remaining = [.. worker.ConfiguredOn.Where(place => place.MasterId == masterId).Select(place => place.BuilderId).Except(builderIds)];
            await WorkerTable.Configure(context, worker, masterId, remaining).ConfigureAwait(false);
        }
    }
}
