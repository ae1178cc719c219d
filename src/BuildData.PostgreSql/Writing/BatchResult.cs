namespace BuildData.PostgreSql.Writing;

/// <summary>What a batch has left undone.</summary>
/// <param name="Blocked">Updates whose rows others have locked.</param>
/// <param name="TableBlocked">Updates of which a table is locked as a whole.</param>
internal sealed record BatchResult(IReadOnlyList<PendingUpdate> Blocked, IReadOnlyList<PendingUpdate> TableBlocked)
{
    public static readonly BatchResult Done = new([], []);
}
