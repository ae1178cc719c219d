using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Resources.Masters;

/// <summary>Reads and writes masters within an update.</summary>
internal static class MasterTable
{
    /// <summary>Checks that a master exists, and returns the master's id. A null argument stands for this master.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such master.</exception>
    public static async ValueTask<long> EnsureExists(UpdateContext context, long? masterId)
    {
        if (masterId is not { } id || id == context.MasterId)
            return context.MasterId;

        await context.EnsureExists(new MasterById(id), new RowKey(ResourceTables.Masters.Name, id)).ConfigureAwait(false);
        return id;
    }

    /// <summary>Returns a master, and locks the master's row. A null argument stands for this master.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such master.</exception>
    public static ValueTask<MasterInfo> GetForUpdate(UpdateContext context, long? masterId)
    {
        long id = masterId ?? context.MasterId;
        return context.GetForUpdate(new MasterById(id), id);
    }

    /// <summary>
    /// Locks the masters whose last heartbeat is before <paramref name="lastActiveBefore"/>, and returns them in the order of their ids.
    /// </summary>
    public static async ValueTask<List<MasterInfo>> LockSilentMasters(UpdateContext context, DateTimeOffset lastActiveBefore)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append($"SELECT master.id FROM masters AS master WHERE master.last_active < {lastActiveBefore} ORDER BY master.id");
        sql.Append(context.Session.Dialect.LockRows("master"));
        var masters = new List<MasterInfo>();
        foreach (long id in await context.Session.Rows<long>(sql, CancellationToken.None).ConfigureAwait(false))
        {
            // The master may have become active while this transaction waited for the lock.
            MasterInfo master = await context.Get(new MasterById(id), id).ConfigureAwait(false);
            if (master.LastActive < lastActiveBefore)
                masters.Add(master);
        }

        return masters;
    }

    /// <summary>Records that a master is active. Announces the event <c>started</c> if the master was not active before.</summary>
    public static async ValueTask Activate(UpdateContext context, MasterInfo before)
    {
        MasterInfo master = await WriteActive(context, before, active: true).ConfigureAwait(false);
        if (!before.Active)
            context.Announce(MasterDefinition.Instance, "started", master, master.MasterId);
    }

    /// <summary>Records that a master is not active. Announces the event <c>stopped</c> if the master was active before.</summary>
    public static async ValueTask Deactivate(UpdateContext context, MasterInfo master)
    {
        if (!master.Active)
            return;

        await context.Session.Execute("UPDATE masters SET active = 0 WHERE id = $1", master.MasterId).ConfigureAwait(false);
        context.Announce(MasterDefinition.Instance, "stopped", master with { Active = false }, master.MasterId);
    }

    /// <summary>
    /// Creates an update that records a heartbeat of this master. If <paramref name="active"/> is false, the update records that this
    /// master has closed the store.
    /// </summary>
    /// <param name="active">True for a heartbeat; false if this master closes the store.</param>
    /// <returns>
    /// The update, and a task. If the update succeeds, the task completes after the commit. If the update fails, the task fails with the
    /// same error.
    /// </returns>
    public static (StoreUpdate Update, Task Completed) CreateHeartbeatUpdate(bool active)
    {
        var update = new UpdateCall<bool, NoResult>(SetActive, active, static (plan, _) =>
        {
            plan.AddTables(ResourceTables.Masters);
            plan.SetRunsAlone();
        });
        return (update, update.Task);
    }

    private static async ValueTask<NoResult> SetActive(UpdateContext context, bool active)
    {
        MasterInfo before = await GetForUpdate(context, masterId: null).ConfigureAwait(false);
        MasterInfo master = await WriteActive(context, before, active).ConfigureAwait(false);

        // A heartbeat alone announces no event. Otherwise most events that an idle store keeps would be heartbeats.
        if (before.Active != active)
            context.Announce(MasterDefinition.Instance, "update", master, master.MasterId);
        return default;
    }

    private static async ValueTask<MasterInfo> WriteActive(UpdateContext context, MasterInfo before, bool active)
    {
        MasterInfo master = before with { Active = active, LastActive = context.Now };
        await context.Session.Execute(
            "UPDATE masters SET active = $2, last_active = $3 WHERE id = $1", master.MasterId, active, master.LastActive).ConfigureAwait(false);
        return master;
    }
}
