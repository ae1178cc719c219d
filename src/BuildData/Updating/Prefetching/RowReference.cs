using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Represents the need to know whether a row exists.</summary>
internal sealed record RowReference(RowKey Row) : IRowNeed;
