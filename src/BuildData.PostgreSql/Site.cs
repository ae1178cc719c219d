using BuildData.Stores;

namespace BuildData.PostgreSql;

/// <summary>What everything that writes has in common.</summary>
/// <param name="Server">The database.</param>
/// <param name="Context">What the store was made with.</param>
/// <param name="Announcer">Who publishes the events.</param>
/// <param name="Identity">This process's master.</param>
internal sealed record Site(Server Server, StoreContext Context, Announcer Announcer, MasterIdentity Identity)
{
    /// <summary>The ids that are left over.</summary>
    public IdPool Ids { get; } = new();

    /// <summary>What the connections know together.</summary>
    public SharedRows Rows { get; } = new();

    /// <summary>The times of transactions.</summary>
    public TransactionClock Clock { get; } = new();

    /// <summary>Who finds out what has become of a connection that does not answer.</summary>
    public Watchdog Watchdog { get; } = new(Server);

    /// <summary>Who finds out what has become of a commit whose answer was lost.</summary>
    public Outcomes Outcomes { get; } = new(Server, Identity);

    /// <summary>Forgets what is known of the database: another server may have taken over that does not have it all.</summary>
    public void Doubt()
    {
        Rows.Clear();
        Ids.Clear();
        Announcer.Doubt();
    }
}
