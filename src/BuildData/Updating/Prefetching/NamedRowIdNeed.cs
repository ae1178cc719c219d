namespace BuildData.Updating.Prefetching;

/// <summary>Represents the need to know the id of a row with a name.</summary>
internal sealed record NamedRowIdNeed(string Table, string Name);
