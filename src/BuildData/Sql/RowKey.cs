using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Identifies a row by its table and its id.</summary>
/// <param name="Table">The row's table.</param>
/// <param name="Id">The row's id.</param>
[Experimental(Seam.DiagnosticId)]
public readonly record struct RowKey(string Table, long Id);
