using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Represents how a batch treats locks of other sessions. A store with a single writer uses the default.</summary>
/// <param name="LocksTables">
/// Whether the transaction locks its tables first, so that updates of a table that another session has locked as a whole are left out.
/// </param>
/// <param name="WaitsForLocks">Whether to wait for rows and tables that other sessions have locked. Otherwise the updates that need them are left out.</param>
[Experimental(Seam.DiagnosticId)]
public readonly record struct BatchOptions(bool LocksTables, bool WaitsForLocks);
