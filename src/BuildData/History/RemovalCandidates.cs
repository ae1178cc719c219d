namespace BuildData.History;

/// <summary>
/// Holds the ids of resources that may be old. The transaction that removes resources later decides which of them can be removed.
/// </summary>
internal sealed record RemovalCandidates(IReadOnlyList<long> Builds, IReadOnlyList<long> Requests, IReadOnlyList<long> Buildsets)
{
    public static readonly RemovalCandidates None = new([], [], []);
}
