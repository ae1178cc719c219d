namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Represents the master that this process is. A process that has lost the master's name to another one can no longer write.
/// </summary>
internal sealed class MasterIdentity
{
    // The database never has this epoch, so a process that has just started always begins a new one.
    private long _epoch = -1;

    /// <summary>Gets or sets the id of the master.</summary>
    public long Id { get; set; }

    /// <summary>
    /// Gets or sets how many times a process has become this master, this process included. Each transaction with events checks
    /// that the database still has this number.
    /// </summary>
    public long Epoch
    {
        get => Interlocked.Read(ref _epoch);
        set => Interlocked.Exchange(ref _epoch, value);
    }
}
