using BuildData.Definitions;

namespace BuildData.Updating.Prefetching;

/// <summary>Tells a <see cref="Prefetch"/> that an update needs the id of the row with a certain name.</summary>
internal sealed record RowIdByNameToPrefetch(ResourceTable Table, string Name);
