namespace BuildData.PostgreSql.Writing;

/// <summary>Represents updates that share a transaction, while they run.</summary>
/// <param name="Updates">The updates.</param>
/// <param name="Connection">The connection that runs them.</param>
/// <param name="LocksTables">
/// Whether the transaction locks its tables first, so that updates of a table that is locked as a whole are left out.
/// </param>
/// <param name="Waits">
/// Whether the transaction waits for rows and tables that other sessions have locked. Otherwise it leaves them out.
/// </param>
internal sealed record Batch(IReadOnlyList<PendingUpdate> Updates, WriteConnection Connection, bool LocksTables, bool Waits)
{
    /// <summary>Gets the time when the batch began, as <see cref="Environment.TickCount64"/>.</summary>
    public long Start { get; } = Environment.TickCount64;

    /// <summary>Gets whether the batch reserves its tables: later updates of the same tables stay in the queue until it ends.</summary>
    public bool ReservesTables { get; init; }
}
