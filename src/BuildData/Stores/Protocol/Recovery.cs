using System.Diagnostics.CodeAnalysis;
using BuildData.Stores.Protocol;

namespace BuildData.Stores;

/// <summary>Specifies what happens to the updates of a failed transaction. <see cref="StoreConnection.Recover"/> chooses the recovery.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class Recovery
{
    private Recovery(RecoveryAction action, Exception? error = null)
    {
        Action = action;
        Error = error;
    }

    /// <summary>
    /// Gets the recovery for updates that have succeeded although the connection was lost before the database confirmed the commit. The
    /// transaction of these updates is committed.
    /// </summary>
    public static Recovery Committed { get; } = new(RecoveryAction.Committed);

    /// <summary>Gets the recovery that runs all updates again in a new transaction, for example after a deadlock.</summary>
    public static Recovery RunAgain { get; } = new(RecoveryAction.RunAgain);

    /// <summary>Gets the recovery that runs each update separately. If one update has caused the failure, only this update then fails.</summary>
    public static Recovery RunSeparately { get; } = new(RecoveryAction.RunSeparately);

    /// <summary>
    /// Gets the recovery that groups the updates by their tables, and runs each group in a transaction of its own. This recovery is for the
    /// case that another transaction has locked a whole table.
    /// </summary>
    public static Recovery RunByTables { get; } = new(RecoveryAction.RunByTables);

    internal RecoveryAction Action { get; }

    /// <summary>Gets the exception with which the updates fail; null if the updates do not fail.</summary>
    internal Exception? Error { get; }

    /// <summary>Returns the recovery that makes the updates fail.</summary>
    /// <param name="error">The exception that the callers of the updates receive.</param>
    public static Recovery Fail(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new Recovery(RecoveryAction.Fail, error);
    }
}
