using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Events;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Holds the objects that all connections that write share.</summary>
/// <param name="Database">The database.</param>
/// <param name="Context">The context of the store.</param>
/// <param name="Publisher">Publishes the events of commits.</param>
/// <param name="Identity">This process's master.</param>
internal sealed record WriterServices(PostgreSqlDatabase Database, StoreContext Context, EventPublisher Publisher, MasterIdentity Identity)
{
    /// <summary>Gets the ids that were reserved for inserts that did not happen.</summary>
    public UnusedInsertIds UnusedInsertIds { get; } = new();

    /// <summary>Gets the cache of rows that the connections share.</summary>
    public SharedRowCache SharedRows { get; } = new();

    /// <summary>Gets the clock that assigns a time to each transaction with events.</summary>
    public TransactionClock Clock { get; } = new();

    /// <summary>Gets the object that queries and ends sessions that do not answer.</summary>
    public StuckSessionTerminator SessionTerminator { get; } = new(Database);

    /// <summary>Gets the object that finds out whether a commit whose answer was lost has succeeded.</summary>
    public CommitOutcomeFinder OutcomeFinder { get; } = new(Database, Identity);

    /// <summary>
    /// Clears all caches of the database's contents, and requests a check for lost commits. Called when another server may have
    /// taken over.
    /// </summary>
    public void HandlePossibleFailover()
    {
        SharedRows.Clear();
        UnusedInsertIds.Clear();
        Publisher.RequestLostCommitsCheck();
    }
}
