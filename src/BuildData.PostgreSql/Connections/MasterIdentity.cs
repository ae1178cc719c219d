namespace BuildData.PostgreSql.Connections;

/// <summary>Holds the id and the epoch of the master that this process is. Thread-safe after the id is set.</summary>
internal sealed class MasterIdentity
{
    // The database never has this epoch, so a process that has just started always begins a new one.
    private long _epoch = -1;

    /// <summary>Gets or sets the id of the master.</summary>
    public long Id { get; set; }

    /// <summary>
    /// Gets or sets the epoch: the number of times that any process has become this master, up to the last time that this
    /// process did.
    /// </summary>
    /// <remarks>
    /// Each transaction with events checks that the database still has this epoch. If another process has become this master
    /// since then, the epochs differ, and the transaction fails.
    /// </remarks>
    public long Epoch
    {
        get => Interlocked.Read(ref _epoch);
        set => Interlocked.Exchange(ref _epoch, value);
    }
}
