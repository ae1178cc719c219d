using System.Diagnostics.CodeAnalysis;
using BuildData.Stores.Protocol;

namespace BuildData.Stores;

/// <summary>Represents what follows a transaction that has failed. The store decides it in <see cref="StoreConnection.Recover"/>.</summary>
[Experimental(Seam.DiagnosticId)]
public sealed class Recovery
{
    private Recovery(RecoveryAction action, Exception? error = null)
    {
        Action = action;
        Error = error;
    }

    /// <summary>Gets the recovery of a transaction whose commit has succeeded, although its answer was lost.</summary>
    public static Recovery Committed { get; } = new(RecoveryAction.Committed);

    /// <summary>Gets the recovery of a transaction that is run again as a whole, for example because it lost a deadlock.</summary>
    public static Recovery RunAgain { get; } = new(RecoveryAction.RunAgain);

    /// <summary>Gets the recovery of a transaction that failed because of one of its updates: each runs separately, so that only that one fails.</summary>
    public static Recovery RunSeparately { get; } = new(RecoveryAction.RunSeparately);

    /// <summary>Gets the recovery of a transaction that found a table locked as a whole: its updates run in groups that use the same tables.</summary>
    public static Recovery RunByTables { get; } = new(RecoveryAction.RunByTables);

    internal RecoveryAction Action { get; }

    /// <summary>Gets the error that the updates fail with; null if they don't fail.</summary>
    internal Exception? Error { get; }

    /// <summary>Returns the recovery of a transaction whose updates fail.</summary>
    /// <param name="error">The error, as callers see it.</param>
    public static Recovery Fail(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return new Recovery(RecoveryAction.Fail, error);
    }
}
