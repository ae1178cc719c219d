using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Tells a <see cref="Prefetch"/> that an update needs to know whether a row exists.</summary>
internal sealed record RowExistenceToPrefetch(RowKey Row) : IRowToPrefetch;
