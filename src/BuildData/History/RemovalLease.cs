using BuildData.Stores;
using BuildData.Values;

namespace BuildData.History;

/// <summary>
/// Represents the lease that allows one master at a time to remove old history. The table <c>history_removal</c> has one row. The row holds
/// the id of the master with the lease, and the time when this master last removed a part. If that time is old, the master has probably
/// ended, and another master takes the lease.
/// </summary>
internal static class RemovalLease
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    /// <summary>Takes the lease for this master, or renews it. Locks the row of the lease until the transaction ends.</summary>
    /// <returns>False if another master has the lease.</returns>
    public static async ValueTask<bool> TryRenew(UpdateContext context)
    {
        SqlBuilder sql = context.Session.Sql().Append("SELECT removal.master_id AS MasterId, removal.at AS At FROM history_removal AS removal")
            .Append(context.Session.Dialect.LockRowsToRemove("removal"));
        List<LeaseRow> rows = await context.Session.Rows<LeaseRow>(sql, CancellationToken.None).ConfigureAwait(false);

        // Another master has locked the row: it removes a part just now.
        if (rows.Count == 0)
            return false;

        // Without other writers, the master with the lease has ended.
        TimeSpan age = (context.Now - Timestamp.FromMicroseconds(rows[0].At)).Duration();
        if (context.Session.Dialect.HasSeveralWriters && rows[0].MasterId is { } owner && owner != context.MasterId && age < Duration)
            return false;

        await context.Session.Execute("UPDATE history_removal SET master_id = $1, at = $2", context.MasterId, context.Now).ConfigureAwait(false);
        return true;
    }

    /// <summary>Releases the lease if this master has it.</summary>
    public static ValueTask Release(UpdateContext context) =>
        context.Session.Execute("UPDATE history_removal SET master_id = NULL WHERE master_id = $1", context.MasterId);

    private sealed class LeaseRow
    {
        public long? MasterId { get; init; }

        public long At { get; init; }
    }
}
