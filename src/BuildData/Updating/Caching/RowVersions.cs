using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Represents rows of a table that a transaction uses without a lock, with their cached versions.</summary>
/// <param name="Table">The table.</param>
/// <param name="Ids">The rows' ids, in ascending order.</param>
/// <param name="Versions">The versions of the rows, in the order of the ids.</param>
[Experimental(Seam.DiagnosticId)]
public sealed record RowVersions(string Table, IReadOnlyList<long> Ids, IReadOnlyList<long> Versions);
