using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Represents a result of an update that names the row that the update added or found.</summary>
internal interface IAddedRow
{
    /// <summary>Gets the row.</summary>
    RowKey Row { get; }
}
