using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Logs;

/// <summary>Prefetches logs.</summary>
internal sealed class LogPrefetcher(Prefetch prefetch) : Prefetcher(prefetch)
{
    private readonly LogCache _logs = prefetch.Cache.GetPart<LogCache>();

    public override void CollectRowToLock(RowKey row, PrefetchPlan plan)
    {
        if (!_logs.Logs.Contains(row.Id) && (Prefetch.BypassesSharedCache || !_logs.Logs.TryMoveFromShared(row.Id)))
            Prefetch.AddRowToLock(row);
    }

    public override void AddLockingReads() =>
        RowLockPrefetchStatements.AddLockingReads(Prefetch, LogDefinition.Instance, ResourceTables.Logs.Name, _logs.Logs.Add, _logs.Logs.SetVersion);
}
