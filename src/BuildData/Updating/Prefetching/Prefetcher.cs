using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>
/// Reads and locks the rows of one resource type for a <see cref="Prefetch"/>, which calls the methods in the order in which they are
/// declared.
/// </summary>
internal abstract class Prefetcher(Prefetch prefetch)
{
    protected Prefetch Prefetch => prefetch;

    /// <summary>Adds the statements on whose results the locks depend.</summary>
    public virtual void AddReadsBeforeLocking()
    {
    }

    /// <summary>Collects a row of the resource type that an update locks. The caller holds the lock of the shared cache.</summary>
    public virtual void CollectRowToLock(RowKey row, PrefetchPlan plan) => prefetch.AddRowToLock(row);

    /// <summary>Collects what else an update needs of the resource type. The caller holds the lock of the shared cache.</summary>
    public virtual void CollectNeeds(PrefetchPlan plan)
    {
    }

    /// <summary>Adds the statements that lock rows.</summary>
    public virtual void AddLockingReads()
    {
    }

    /// <summary>Adds the statements that read data, protected by the locks.</summary>
    public virtual void AddReadsAfterLocking()
    {
    }

    /// <summary>Marks locked rows as blocked if the update that locks them also needs rows that other transactions have locked.</summary>
    public virtual void MarkBlockedRows()
    {
    }

    /// <summary>Returns whether an update needs rows that other transactions have locked, apart from the rows of its plan.</summary>
    public virtual bool IsBlocked(PrefetchPlan plan) => false;
}
