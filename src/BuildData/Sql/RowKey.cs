namespace BuildData.Stores;

/// <summary>Names a row.</summary>
/// <param name="Table">The row's table.</param>
/// <param name="Id">The row's id.</param>
public readonly record struct RowKey(string Table, long Id);
