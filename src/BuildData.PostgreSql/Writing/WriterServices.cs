using BuildData.PostgreSql.Connections;
using BuildData.PostgreSql.Events;
using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>What everything that writes has in common.</summary>
/// <param name="Database">The database.</param>
/// <param name="Context">What the store was made with.</param>
/// <param name="Publisher">Publishes the events.</param>
/// <param name="Identity">This process's master.</param>
internal sealed record WriterServices(PostgreSqlDatabase Database, StoreContext Context, EventPublisher Publisher, MasterIdentity Identity)
{
    /// <summary>The ids that are left over.</summary>
    public IdReservations IdReservations { get; } = new();

    /// <summary>What the connections know together.</summary>
    public SharedRowCache SharedRows { get; } = new();

    /// <summary>The times of transactions.</summary>
    public TransactionClock Clock { get; } = new();

    /// <summary>Who finds out what has become of a connection that does not answer.</summary>
    public SessionWatchdog Watchdog { get; } = new(Database);

    /// <summary>Who finds out what has become of a commit whose answer was lost.</summary>
    public CommitOutcomes Outcomes { get; } = new(Database, Identity);

    /// <summary>Forgets what is known of the database: another server may have taken over that does not have it all.</summary>
    public void HistoryMayHaveChanged()
    {
        SharedRows.Clear();
        IdReservations.Clear();
        Publisher.HistoryMayHaveChanged();
    }
}
