using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Represents a connection on which a store runs updates, one transaction at a time. <see cref="BatchRunner"/> and
/// <see cref="StoreTransaction"/> call its members in the order that they document. Not thread-safe.
/// </summary>
[Experimental(Seam.DiagnosticId)]
public abstract class StoreConnection
{
    /// <summary>Gets the context of the updates that run on the connection.</summary>
    public abstract UpdateContext UpdateContext { get; }

    /// <summary>Gets whether an update can run behind a savepoint inside a batch, so that its failure undoes it alone.</summary>
    /// <remarks>
    /// If not, <see cref="BatchRunner"/> runs updates that it has to separate in transactions of their own. Use this if a transaction of
    /// its own costs less than the round trips of a savepoint.
    /// </remarks>
    public abstract bool SeparatesBySavepoints { get; }

    /// <summary>Begins a transaction, and calls <see cref="UpdateContext.Begin"/>. Connects first if necessary.</summary>
    /// <param name="tables">The tables to lock first, in order to detect that another session has locked one of them as a whole; may be empty.</param>
    /// <param name="waitsForLocks">Whether to wait for tables that are locked. Otherwise this call or the next query fails.</param>
    /// <param name="cancellationToken">Cancels the connection attempt.</param>
    public abstract ValueTask Begin(TableSet tables, bool waitsForLocks, CancellationToken cancellationToken);

    /// <summary>
    /// Reads and locks the rows that updates need, before they run. A store for which each statement costs a round trip calls
    /// <see cref="UpdateContext.Prefetch"/>. The default does nothing.
    /// </summary>
    /// <param name="updates">The updates.</param>
    /// <param name="waitsForLocks">Whether to wait for rows that other sessions have locked.</param>
    /// <returns>The updates whose rows other sessions have locked. They are left out of the batch.</returns>
    public virtual ValueTask<IReadOnlyCollection<StoreUpdate>> Prefetch(ArraySegment<StoreUpdate> updates, bool waitsForLocks) => new([]);

    /// <summary>
    /// Numbers and stores the events of the context, commits the transaction, and publishes the events. When the task completes, the
    /// updates may be completed.
    /// </summary>
    public abstract ValueTask Commit();

    /// <summary>Rolls back the transaction, if there is one, and calls <see cref="UpdateContext.OnRolledBack"/> with 0.</summary>
    /// <exception cref="StoreException">The connection can't be used any more.</exception>
    public abstract ValueTask Rollback();

    /// <summary>Begins a savepoint.</summary>
    public abstract ValueTask BeginSavepoint();

    /// <summary>Ends the savepoint and keeps its changes.</summary>
    public abstract ValueTask ReleaseSavepoint();

    /// <summary>Undoes all changes since the savepoint began, and ends it.</summary>
    /// <exception cref="Exception">The transaction can't continue. Most errors of a database end the transaction only in some cases.</exception>
    public abstract ValueTask RollbackToSavepoint();

    /// <summary>Returns whether an error comes from the database or its driver, and not from this library's or the host's code.</summary>
    public abstract bool IsDatabaseError(Exception error);

    /// <summary>Returns whether an update failed because of another session. Such an update may succeed if it runs again.</summary>
    public virtual bool IsConflict(Exception error) => false;

    /// <summary>Returns the error as callers see it: a <see cref="StoreException"/> for an error of the database.</summary>
    public abstract Exception Wrap(Exception error);

    /// <summary>
    /// Ends a failed transaction, so that the next one can begin, and decides what follows. It finds out the outcome of a commit whose
    /// answer was lost. It does not throw.
    /// </summary>
    /// <param name="error">The error that an update, a statement or the commit failed with.</param>
    /// <param name="attempt">The attempt that failed.</param>
    public abstract ValueTask<Recovery> Recover(Exception error, FailedAttempt attempt);
}
