using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Tells a <see cref="Prefetch"/> that an update needs to read a row. The arguments of the update identify this row.</summary>
internal interface IRowToPrefetch
{
    /// <summary>Gets the row.</summary>
    RowKey Row { get; }
}
