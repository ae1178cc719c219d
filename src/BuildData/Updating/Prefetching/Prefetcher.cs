using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Reads and locks rows of one resource type for a <see cref="Prefetch"/>.</summary>
/// <remarks>
/// The prefetch calls the methods in the order in which they are declared. The methods only add statements. The prefetch sends the statements
/// of all prefetchers in one round trip.
/// </remarks>
internal abstract class Prefetcher(Prefetch prefetch)
{
    protected Prefetch Prefetch => prefetch;

    /// <summary>Adds the SQL statements that read data before any row is locked. This data determines which rows to lock.</summary>
    public virtual void AddReadsBeforeLocking()
    {
    }

    /// <summary>
    /// Adds a row of this resource type to the rows that the prefetch must lock. The prefetch calls this method for each such row in the plan
    /// of an update. A derived class can use a row from the shared cache instead. The caller holds the lock of the shared cache.
    /// </summary>
    public virtual void CollectRowToLock(RowKey row, PrefetchPlan plan) => prefetch.AddRowToLock(row);

    /// <summary>
    /// Collects the other data of this resource type that an update needs. The prefetch calls this method for the plan of each update. The
    /// caller holds the lock of the shared cache.
    /// </summary>
    public virtual void CollectNeeds(PrefetchPlan plan)
    {
    }

    /// <summary>Adds the SQL statements that lock rows and read them.</summary>
    public virtual void AddLockingReads()
    {
    }

    /// <summary>Adds the SQL statements that read other data after the rows are locked.</summary>
    public virtual void AddReadsAfterLocking()
    {
    }

    /// <summary>
    /// Some updates need a row that this prefetch has locked, and another row that another transaction has locked. Finds the rows of such
    /// updates that this prefetch has locked, and calls <see cref="Prefetch.BlockUpdatesOf"/> for each of these rows.
    /// </summary>
    public virtual void MarkBlockedRows()
    {
    }

    /// <summary>
    /// Returns whether other transactions have locked rows that an update needs, although its plan does not list these rows. Such an update
    /// must not run in this transaction.
    /// </summary>
    public virtual bool IsBlocked(PrefetchPlan plan) => false;
}
