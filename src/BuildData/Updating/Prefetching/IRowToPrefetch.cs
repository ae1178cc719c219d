using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Represents the need of an update to read a row that its arguments identify.</summary>
internal interface IRowToPrefetch
{
    /// <summary>Gets the row.</summary>
    RowKey Row { get; }
}
