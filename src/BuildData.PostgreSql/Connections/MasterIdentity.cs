namespace BuildData.PostgreSql.Connections;

/// <summary>This process's master. A process that has lost the name to another one can't write any more.</summary>
internal sealed class MasterIdentity
{
    // No epoch of the database: a process that has just begun has not been this master before.
    private long _epoch = -1;

    /// <summary>The master's id.</summary>
    public long Id { get; set; }

    /// <summary>How often a process has become this master, this one included. Each transaction checks that it is still so.</summary>
    public long Epoch
    {
        get => Interlocked.Read(ref _epoch);
        set => Interlocked.Exchange(ref _epoch, value);
    }
}
