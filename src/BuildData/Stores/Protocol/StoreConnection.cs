using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Represents a database connection on which a store runs updates, one transaction at a time. Not thread-safe.
/// </summary>
/// <remarks>
/// Each store has a class that is derived from this class. <see cref="BatchRunner"/> and <see cref="StoreTransaction"/> call the members.
/// The documentation of <see cref="BatchRunner"/> lists the steps of a transaction.
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public abstract class StoreConnection
{
    /// <summary>Gets the context that is passed to each update on this connection. The context collects the events of a transaction.</summary>
    public abstract UpdateContext UpdateContext { get; }

    /// <summary>
    /// Gets how <see cref="BatchRunner"/> separates the updates of a failed batch. If true, all updates run in one transaction, each inside
    /// a savepoint. If false, each update runs in a transaction of its own.
    /// </summary>
    /// <remarks>A store should return false if a transaction costs fewer round trips than a savepoint.</remarks>
    public abstract bool UsesSavepointPerUpdate { get; }

    /// <summary>Begins a transaction, and calls <see cref="UpdateContext.Begin"/>. Connects to the database first if necessary.</summary>
    /// <param name="tables">
    /// The tables to lock first; may be empty. This lock is taken to detect whether another transaction has locked a whole table.
    /// </param>
    /// <param name="waitsForLocks">
    /// Whether to wait until other transactions release their table locks. If this is false and another transaction has locked a table,
    /// this call or the next query throws an exception.
    /// </param>
    /// <param name="cancellationToken">Cancels the attempt to connect.</param>
    public abstract ValueTask Begin(TableSet tables, bool waitsForLocks, CancellationToken cancellationToken);

    /// <summary>
    /// Reads and locks the rows that updates need, before the updates run. The default does nothing.
    /// </summary>
    /// <remarks>A store that uses a server should call <see cref="UpdateContext.Prefetch"/>, to save round trips.</remarks>
    /// <param name="updates">The updates.</param>
    /// <param name="waitsForLocks">Whether to wait until other transactions release their locks on these rows.</param>
    /// <returns>The updates whose rows another transaction has locked. The batch does not run these updates.</returns>
    public virtual ValueTask<IReadOnlyCollection<StoreUpdate>> Prefetch(ArraySegment<StoreUpdate> updates, bool waitsForLocks) => new([]);

    /// <summary>
    /// Assigns sequence numbers to the events in <see cref="UpdateContext"/>, commits the transaction, and publishes the events. If the
    /// options of the master keep events, also stores the events.
    /// </summary>
    /// <remarks>The store completes the updates after the task of this method has completed.</remarks>
    public abstract ValueTask Commit();

    /// <summary>
    /// Rolls back the transaction, if one is open. Calls <see cref="UpdateContext.OnRolledBack"/> with the argument 0, to drop all events
    /// of the transaction.
    /// </summary>
    /// <exception cref="StoreException">The connection can't be used any more.</exception>
    public abstract ValueTask Rollback();

    /// <summary>Begins a savepoint.</summary>
    public abstract ValueTask BeginSavepoint();

    /// <summary>Ends the savepoint, and keeps all changes since the savepoint began.</summary>
    public abstract ValueTask ReleaseSavepoint();

    /// <summary>Undoes all changes since the savepoint began, and ends the savepoint.</summary>
    /// <exception cref="Exception">The changes since the savepoint can't be undone separately. Then the transaction can't continue.</exception>
    public abstract ValueTask RollbackToSavepoint();

    /// <summary>
    /// Returns whether an exception comes from the database or its driver. Returns false for an exception from the code of the library or of
    /// the host program.
    /// </summary>
    public abstract bool IsDatabaseError(Exception error);

    /// <summary>
    /// Returns whether an update failed because of a change that another transaction made at the same time. The update may succeed if it
    /// runs again.
    /// </summary>
    public virtual bool IsConflict(Exception error) => false;

    /// <summary>
    /// Returns the exception that callers of the library receive. For an exception of the database, this is a
    /// <see cref="StoreException"/>. Every other exception stays the same.
    /// </summary>
    public abstract Exception Wrap(Exception error);

    /// <summary>
    /// Ends a failed transaction, and decides what happens to the updates of the transaction. Must not throw.
    /// </summary>
    /// <remarks>If the connection was lost during a commit, this method must find out whether the transaction is committed.</remarks>
    /// <param name="error">The exception that an update, a statement or the commit has thrown.</param>
    /// <param name="attempt">Describes the failed attempt to run the updates.</param>
    public abstract ValueTask<Recovery> Recover(Exception error, FailedAttempt attempt);
}
