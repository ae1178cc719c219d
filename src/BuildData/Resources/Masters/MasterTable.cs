using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData.Resources.Masters;

/// <summary>Reads and writes masters within an update.</summary>
internal static class MasterTable
{
    /// <summary>
    /// Locks the incomplete build requests that dead masters have claimed, and returns the ids of the requests. A dead master is
    /// another master whose last heartbeat is before <paramref name="lastActiveBefore"/>.
    /// </summary>
    public static ValueTask<List<long>> LockRequestsOfDeadMasters(UpdateContext context, DateTimeOffset lastActiveBefore)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append(
            $"""
            SELECT request.id FROM buildrequests AS request JOIN masters AS master ON master.id = request.claimed_by
            WHERE request.complete = 0 AND master.id <> {context.MasterId} AND master.last_active < {lastActiveBefore} ORDER BY request.id
            """);
        sql.Append(context.Session.Dialect.LockRows("request"));
        return context.Session.Rows<long>(sql, CancellationToken.None);
    }

    /// <summary>Marks dead masters as not active. A dead master is another master whose last heartbeat is before <paramref name="lastActiveBefore"/>.</summary>
    public static async ValueTask DeactivateDeadMasters(UpdateContext context, DateTimeOffset lastActiveBefore)
    {
        ResourceSink<MasterInfo> sink = MasterDefinition.Instance.CreateSink(PropertySelection.None);
        SqlBuilder sql = context.Session.Sql().Append("SELECT ").Append(MasterDefinition.Instance.Columns).Append(" FROM ").Append(MasterDefinition.Instance.Table);
        sql.Append($" WHERE master.active = 1 AND master.id <> {context.MasterId} AND master.last_active < {lastActiveBefore} ORDER BY master.id");
        sql.Append(context.Session.Dialect.LockRows("master"));
        await context.Session.Query(sql, sink, CancellationToken.None).ConfigureAwait(false);
        sink.CompleteLastResource();
        foreach (MasterInfo master in sink.Resources)
        {
            await context.Session.Execute("UPDATE masters SET active = 0 WHERE id = $1", master.MasterId).ConfigureAwait(false);
            context.Announce(MasterDefinition.Instance, "update", master with { Active = false }, master.MasterId);
        }
    }

    /// <summary>
    /// Creates the update that records a heartbeat of this master. The same kind of update records that this master has closed the
    /// store.
    /// </summary>
    /// <param name="active">True for a heartbeat; false if this master closes the store.</param>
    /// <returns>The update, and a task. The task completes after the commit of the update, or fails with the error of the update.</returns>
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
        MasterInfo before = await context.GetForUpdate(new MasterById(context.MasterId), context.MasterId).ConfigureAwait(false);
        MasterInfo master = before with { Active = active, LastActive = context.Now };
        await context.Session.Execute(
            "UPDATE masters SET active = $2, last_active = $3 WHERE id = $1", master.MasterId, active, master.LastActive).ConfigureAwait(false);

        // A heartbeat alone announces no event. Otherwise most events that an idle store keeps would be heartbeats.
        if (before.Active != active)
            context.Announce(MasterDefinition.Instance, "update", master, master.MasterId);
        return default;
    }
}
