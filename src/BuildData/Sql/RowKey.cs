using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Identifies a row of the database by its table and its id.</summary>
/// <param name="Table">The name of the table.</param>
/// <param name="Id">The id of the row.</param>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public readonly record struct RowKey(string Table, long Id);
