namespace BuildData.PostgreSql.Writing;

/// <summary>Represents the updates that a batch has left out. All its other updates are done or have failed.</summary>
/// <param name="Blocked">The updates that need rows that other sessions have locked.</param>
/// <param name="TableBlocked">The updates that need a table that another session has locked as a whole.</param>
internal sealed record BatchResult(IReadOnlyList<PendingUpdate> Blocked, IReadOnlyList<PendingUpdate> TableBlocked)
{
    /// <summary>The result of a batch that has left nothing out.</summary>
    public static readonly BatchResult Done = new([], []);
}
