namespace BuildData.Stores;

/// <summary>Rows of a table that a transaction relies on without a lock, with the versions that it knows.</summary>
/// <param name="Table">The table.</param>
/// <param name="Ids">The rows' ids, in order.</param>
/// <param name="Versions">The rows' versions.</param>
public sealed record RowVersions(string Table, IReadOnlyList<long> Ids, IReadOnlyList<long> Versions);
