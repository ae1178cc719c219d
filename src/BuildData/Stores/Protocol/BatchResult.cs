using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Represents the updates that a batch has left out. All its other updates are done or have failed.</summary>
/// <param name="Blocked">The updates that need rows that other sessions have locked.</param>
/// <param name="TableBlocked">The updates that need a table that another session has locked as a whole.</param>
[Experimental(Seam.DiagnosticId)]
public sealed record BatchResult(IReadOnlyCollection<StoreUpdate> Blocked, IReadOnlyCollection<StoreUpdate> TableBlocked)
{
    /// <summary>Gets the result of a batch that has left nothing out.</summary>
    public static BatchResult Done { get; } = new([], []);
}
