namespace BuildData.Torture.Upgrade.Old;

/// <summary>A row of a table of the newest version.</summary>
/// <param name="Table">The table.</param>
/// <param name="Values">The values by column.</param>
internal sealed record OldRow(string Table, params (string Column, object? Value)[] Values);
