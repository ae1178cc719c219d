namespace BuildData.PostgreSql.Writing;

/// <summary>Updates that share a transaction.</summary>
/// <param name="Updates">The updates.</param>
/// <param name="Runner">The connection that runs them.</param>
/// <param name="Guards">Whether updates are left out of which a table is locked as a whole.</param>
/// <param name="Waits">Whether it waits for rows and tables that others have locked.</param>
internal sealed record Batch(IReadOnlyList<PendingUpdate> Updates, BatchRunner Runner, bool Guards, bool Waits)
{
    /// <summary>When it began, in milliseconds.</summary>
    public long Start { get; } = Environment.TickCount64;

    /// <summary>Whether later updates of the same tables stay in the queue until it ends.</summary>
    public bool ClosesTables { get; init; }
}
