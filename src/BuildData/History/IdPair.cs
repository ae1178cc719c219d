namespace BuildData.History;

/// <summary>Represents a row of a query: the id of a row, and the id of a row to which it refers.</summary>
internal sealed class IdPair
{
    public long Id { get; init; }

    public long OwnerId { get; init; }
}
