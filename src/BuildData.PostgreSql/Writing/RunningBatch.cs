namespace BuildData.PostgreSql.Writing;

/// <summary>Represents updates that share a transaction, while they run.</summary>
/// <param name="Updates">The updates.</param>
/// <param name="Connection">The connection that runs the updates.</param>
/// <param name="LocksTables">
/// Whether the transaction first locks its tables, in a mode that lets others read and write rows. This detects tables that
/// another session has locked as a whole.
/// </param>
/// <param name="WaitsForLocks">
/// Whether the transaction waits for rows and tables that other sessions have locked. Otherwise updates that need them are left
/// out.
/// </param>
internal sealed record RunningBatch(IReadOnlyList<PendingUpdate> Updates, WriteConnection Connection, bool LocksTables, bool WaitsForLocks)
{
    /// <summary>Gets the time when the batch began, as <see cref="Environment.TickCount64"/>.</summary>
    public long StartedAt { get; } = Environment.TickCount64;

    /// <summary>
    /// Gets whether the batch reserves its tables. If so, later updates of the same tables stay in the queue until the batch
    /// ends.
    /// </summary>
    public bool HoldsBackUpdatesOfItsTables { get; init; }
}
