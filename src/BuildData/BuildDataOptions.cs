using BuildData.Stores;
using BuildData.Stores.Sqlite;

namespace BuildData;

/// <summary>How a <see cref="Master"/> keeps its data. What is set after the master is made has no effect on it.</summary>
public sealed class BuildDataOptions
{
    private Func<BuildDataOptions, EventHub, IStore>? _store;

    /// <summary>What completed updates survive. Default: <see cref="Durability.Full"/>.</summary>
    public Durability Durability { get; set; } = Durability.Full;

    /// <summary>
    /// Whether a new build request makes older ones needless that wait to build the same source (see
    /// <see cref="Updates.AddBuildset"/>). Default: true.
    /// </summary>
    public bool CollapseBuildRequests { get; set; } = true;

    /// <summary>The name of this process's master. Default: <c>master</c>.</summary>
    public string MasterName { get; set; } = "master";

    /// <summary>How many resources one query returns at the most; a larger answer is refused, not cut. Default: 10,000.</summary>
    public int MaxRows { get; set; } = 10_000;

    /// <summary>
    /// How many events a subscriber may fall behind before its stream ends with <see cref="SubscriberLaggedException"/>.
    /// Default: 65,536.
    /// </summary>
    public int SubscriberBuffer { get; set; } = 65_536;

    /// <summary>Where times come from. Default: the system's clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal string? ReadOnlyStore { get; private set; }

    /// <summary>Keeps the data in a SQLite file, which is made if it does not exist.</summary>
    /// <param name="connectionString">
    /// <c>Data Source=builds.db</c>. With <c>Mode=ReadOnly</c> the store can be queried while another process writes it.
    /// </param>
    /// <exception cref="ArgumentException">The connection string is malformed, or names no file.</exception>
    public BuildDataOptions UseSqlite(string connectionString)
    {
        var file = new SqliteFile(connectionString);
        ReadOnlyStore = file.IsReadOnly ? file.Path : null;
        _store = (options, events) => new SqliteStore(file, options, events);
        return this;
    }

    internal BuildDataOptions Copy() => (BuildDataOptions)MemberwiseClone();

    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    internal void Validate()
    {
        if (_store is null)
            throw new ArgumentException("No store is chosen: call UseSqlite.");
        if (string.IsNullOrEmpty(MasterName))
            throw new ArgumentException($"{nameof(MasterName)} is empty.");
        Text.Check(MasterName, nameof(MasterName));
        if (!Enum.IsDefined(Durability))
            throw new ArgumentOutOfRangeException(nameof(Durability), Durability, "It is not a durability.");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SubscriberBuffer, 1);
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }

    internal IStore CreateStore(EventHub events) => _store!(this, events);
}
