using BuildData.Stores;

namespace BuildData.Updating;

/// <summary>Represents the result of an update that adds or finds a row. The result identifies this row.</summary>
internal interface IAddedRow
{
    /// <summary>Gets the row.</summary>
    RowKey Row { get; }
}
