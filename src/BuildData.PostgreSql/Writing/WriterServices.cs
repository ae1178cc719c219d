using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Events;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Holds the objects that all connections that write share.</summary>
/// <param name="Database">The database.</param>
/// <param name="Context">The context of the store.</param>
/// <param name="Publisher">Publishes the events.</param>
/// <param name="Identity">This process's master.</param>
internal sealed record WriterServices(PostgreSqlDatabase Database, StoreContext Context, EventPublisher Publisher, MasterIdentity Identity)
{
    /// <summary>Gets the ids that were reserved for inserts that did not happen.</summary>
    public UnusedIds UnusedIds { get; } = new();

    /// <summary>Gets the cache of rows that the connections share.</summary>
    public SharedRowCache SharedRows { get; } = new();

    /// <summary>Gets the clock that assigns times to transactions.</summary>
    public TransactionClock Clock { get; } = new();

    /// <summary>Gets the object that checks sessions that do not answer.</summary>
    public SessionWatchdog Watchdog { get; } = new(Database);

    /// <summary>Gets the object that finds out whether a commit whose answer was lost has succeeded.</summary>
    public CommitOutcomes Outcomes { get; } = new(Database, Identity);

    /// <summary>
    /// Clears all caches of the database's contents. Called when another server without the latest commits may have taken over.
    /// </summary>
    public void HistoryMayHaveChanged()
    {
        SharedRows.Clear();
        UnusedIds.Clear();
        Publisher.HistoryMayHaveChanged();
    }
}
