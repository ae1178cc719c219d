namespace BuildData.PostgreSql.Writing;

/// <summary>Represents a batch while it runs. A batch is a list of updates that share a transaction.</summary>
/// <param name="Updates">The updates.</param>
/// <param name="Connection">The connection that runs the updates.</param>
/// <param name="LocksTables">
/// Whether the transaction first locks its tables, to detect whether another session has locked a whole table. Other sessions can still
/// read and write rows of these tables.
/// </param>
/// <param name="WaitsForLocks">
/// Whether the transaction waits for rows and tables that other sessions have locked. If false, the batch leaves out the updates that need
/// such rows or tables.
/// </param>
internal sealed record RunningBatch(IReadOnlyList<PendingUpdate> Updates, BatchConnection Connection, bool LocksTables, bool WaitsForLocks)
{
    /// <summary>Gets the time when the batch began, as <see cref="Environment.TickCount64"/>.</summary>
    public long StartedAt { get; } = Environment.TickCount64;

    /// <summary>Gets whether later updates of the batch's tables stay in the queue until the batch ends.</summary>
    public bool BlocksUpdatesOfSameTables { get; init; }
}
