using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Updating;
using BuildData.Values;

namespace BuildData.Resources.Masters;

/// <summary>Reads and writes masters within an update.</summary>
internal static class MasterTable
{
    /// <summary>Locks and returns the incomplete build requests claimed by other masters whose last heartbeat is earlier than a time.</summary>
    public static ValueTask<List<long>> ClaimsOfDead(UpdateContext context, DateTimeOffset before)
    {
        SqlBuilder sql = context.Session.Sql();
        sql.Append(
            $"""
            SELECT r.id FROM buildrequests AS r JOIN masters AS m ON m.id = r.claimed_by
            WHERE r.complete = 0 AND m.id <> {context.MasterId} AND m.last_active < {before} ORDER BY r.id
            """);
        sql.Append(context.Session.Dialect.LockRows("r"));
        return context.Session.Rows<long>(sql, CancellationToken.None);
    }

    /// <summary>Marks the other masters whose last heartbeat is earlier than a time as not active.</summary>
    public static async ValueTask Deactivate(UpdateContext context, DateTimeOffset before)
    {
        ResourceSink<MasterInfo> sink = MasterDefinition.Instance.CreateSink(PropertySelection.None);
        SqlBuilder sql = context.Session.Sql().Append("SELECT ").Append(MasterDefinition.Instance.Columns).Append(" FROM ").Append(MasterDefinition.Instance.Table);
        sql.Append($" WHERE m.active = 1 AND m.id <> {context.MasterId} AND m.last_active < {before} ORDER BY m.id");
        sql.Append(context.Session.Dialect.LockRows("m"));
        await context.Session.Query(sql, sink, CancellationToken.None).ConfigureAwait(false);
        sink.Complete();
        foreach (MasterInfo master in sink.Resources)
        {
            await context.Session.Execute("UPDATE masters SET active = 0 WHERE id = $1", master.MasterId).ConfigureAwait(false);
            context.Announce(MasterDefinition.Instance, "update", master with { Active = false }, master.MasterId);
        }
    }

    /// <summary>Creates the update that records this master's heartbeat, or that the master has closed the store.</summary>
    public static (StoreUpdate Update, Task Completed) HeartbeatUpdate(bool active)
    {
        var update = new UpdateCall<bool, NoResult>(SetActive, active, static (plan, _) =>
        {
            plan.Use(DataTables.Masters);
            plan.RunAlone();
        });
        return (update, update.Task);
    }

    private static async ValueTask<NoResult> SetActive(UpdateContext context, bool active)
    {
        MasterInfo before = await context.GetForUpdate(new MasterById(context.MasterId), context.MasterId).ConfigureAwait(false);
        MasterInfo master = before with { Active = active, LastActive = context.Now };
        await context.Session.Execute(
            "UPDATE masters SET active = $2, last_active = $3 WHERE id = $1", master.MasterId, active, master.LastActive).ConfigureAwait(false);

        // A heartbeat alone is not announced. Otherwise heartbeats would be most of the events that an idle store keeps.
        if (before.Active != active)
            context.Announce(MasterDefinition.Instance, "update", master, master.MasterId);
        return default;
    }
}
