using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Specifies what a batch of updates does if another transaction has locked a row or a whole table. A store in which only one connection
/// writes uses the default value.
/// </summary>
/// <param name="LocksTables">
/// Whether the batch first locks the tables of its updates, to detect whether another transaction has locked a whole table.
/// </param>
/// <param name="WaitsForLocks">
/// Whether the batch waits until other transactions release their locks. If false, the batch does not run an update that needs a locked
/// row or table.
/// </param>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public readonly record struct BatchOptions(bool LocksTables, bool WaitsForLocks);
