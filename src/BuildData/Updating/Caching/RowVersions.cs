using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Represents cached rows of one table. A transaction uses these rows, but has not locked them. The transaction must fail if a row has
/// another version in the database.
/// </summary>
/// <param name="Table">The name of the table.</param>
/// <param name="Ids">The ids of the rows, in ascending order.</param>
/// <param name="Versions">
/// The cached versions of the rows, in the order of <paramref name="Ids"/>. A version is a number that changes with every write of the row.
/// </param>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed record RowVersions(string Table, IReadOnlyList<long> Ids, IReadOnlyList<long> Versions);
