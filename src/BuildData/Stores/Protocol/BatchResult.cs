using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Lists the updates that a batch did not run because of locks. All other updates of the batch have run, and have succeeded or failed.
/// </summary>
/// <param name="Blocked">The updates that did not run because another transaction has locked a row.</param>
/// <param name="TableBlocked">The updates that did not run because another transaction has locked a whole table.</param>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed record BatchResult(IReadOnlyCollection<StoreUpdate> Blocked, IReadOnlyCollection<StoreUpdate> TableBlocked)
{
    /// <summary>Gets the result of a batch that has run all its updates.</summary>
    public static BatchResult Done { get; } = new([], []);
}
