namespace BuildData.History;

/// <summary>
/// Holds the ids of resources that may be old. Whether they can be removed is decided later, in the transaction that removes them.
/// </summary>
internal sealed record RemovalCandidates(IReadOnlyList<long> Builds, IReadOnlyList<long> Requests, IReadOnlyList<long> Buildsets)
{
    public static readonly RemovalCandidates None = new([], [], []);
}
