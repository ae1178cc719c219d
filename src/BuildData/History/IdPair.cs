namespace BuildData.History;

/// <summary>
/// Represents a row of a query result. Holds the id of a database row, and the id of its owner. The owner is the row to which the first row
/// refers.
/// </summary>
internal sealed class IdPair
{
    public long Id { get; init; }

    public long OwnerId { get; init; }
}
