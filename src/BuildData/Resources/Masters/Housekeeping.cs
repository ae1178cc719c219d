using BuildData.Resources.Builders;
using BuildData.Resources.Workers;
using BuildData.Stores;

namespace BuildData.Resources.Masters;

/// <summary>Cleans up after a stopped or dead master, within an update.</summary>
internal static class Housekeeping
{
    /// <summary>
    /// Deconfigures the workers of a master, ends their connections to the master, and empties the master's list of builders. Then ends the
    /// work that the master has left open. The caller must have locked the master's row. The update must run in a transaction without other
    /// updates.
    /// </summary>
    public static async ValueTask<RecoveredWork> Run(UpdateContext context, long masterId)
    {
        // The order of the locks is that of ResourceTables: builders, workers, and then the rows of InterruptedWork.
        var builders = new List<Builder>();
        foreach (long id in await BuilderTable.ReadIdsOfMaster(context, masterId).ConfigureAwait(false))
        {
            if (await BuilderTable.TryGetForUpdate(context, id).ConfigureAwait(false) is { } builder)
                builders.Add(builder);
        }

        foreach (Worker worker in await WorkerTable.LockWorkersOfMaster(context, masterId).ConfigureAwait(false))
        {
            Worker deconfigured = await WorkerTable.Configure(context, worker, masterId, []).ConfigureAwait(false);
            if (deconfigured.ConnectedTo.Any(master => master.MasterId == masterId))
                await WorkerTable.Disconnect(context, deconfigured, masterId).ConfigureAwait(false);
        }

        foreach (Builder builder in builders)
            await BuilderTable.SetOnMaster(context, builder, masterId, isOn: false).ConfigureAwait(false);

        OpenWork open = await OpenWork.Read(context.Session, masterId, CancellationToken.None).ConfigureAwait(false);

        // Buildbot leaves the steps of complete builds. There, steps can be added to such a build.
        if (context.Options.Lifecycle == Lifecycle.Lenient)
            open = open with { Steps = [.. open.Steps.Where(step => open.BuildIds.Contains(step.BuildId))] };
        return await InterruptedWork.End(context, masterId, open, BuildResult.Retry).ConfigureAwait(false);
    }
}
