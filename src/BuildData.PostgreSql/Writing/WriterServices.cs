using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Events;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Holds the objects that all write connections of this process share.</summary>
/// <param name="Database">The database.</param>
/// <param name="Context">The context that the library passes to the store: options, events, log.</param>
/// <param name="Publisher">Publishes the events of committed transactions.</param>
/// <param name="Identity">The id and the epoch of this process's master.</param>
internal sealed record WriterServices(PostgreSqlDatabase Database, StoreContext Context, EventPublishingService Publisher, MasterIdentity Identity)
{
    /// <summary>Gets the ids that were reserved for inserts and not used.</summary>
    public UnusedInsertIds UnusedInsertIds { get; } = new();

    /// <summary>Gets the cache of database rows that the write connections share.</summary>
    public SharedRowCache SharedRows { get; } = new();

    /// <summary>Gets the clock that assigns a time to each transaction with events.</summary>
    public UniqueTransactionClock Clock { get; } = new();

    /// <summary>Gets the object that queries and ends sessions that do not answer.</summary>
    public StuckSessionTerminator SessionTerminator { get; } = new(Database);

    /// <summary>
    /// Gets the object that finds out whether a transaction was committed, after the server's answer to the commit was lost.
    /// </summary>
    public CommitOutcomeFinder OutcomeFinder { get; } = new(Database, Identity);

    /// <summary>
    /// Clears all cached rows and ids, and requests a check for lost events. Must be called when another database server may
    /// have taken over.
    /// </summary>
    public void HandlePossibleFailover()
    {
        SharedRows.Clear();
        UnusedInsertIds.Clear();
        Publisher.RequestCheckForLostCommits();
    }
}
