namespace BuildData.PostgreSql.Connections;

/// <summary>Holds the id and the epoch of the master that this process is. Thread-safe after the id is set.</summary>
/// <remarks>
/// <para>A master is a process that writes to the database. The database has one row for each master's name.</para>
/// <para>The epoch counts how often a process has become this master. Only the process with the newest epoch can write.</para>
/// </remarks>
internal sealed class MasterIdentity
{
    // The database never has this epoch, so a process that has just started always begins a new one.
    private long _epoch = -1;

    /// <summary>Gets or sets the id of the master.</summary>
    public long Id { get; set; }

    /// <summary>
    /// Gets or sets the number that the database assigned to this process when this process became the master.
    /// </summary>
    /// <remarks>
    /// <para>The number in the database grows each time that a process becomes the master.</para>
    /// <para>
    /// Each transaction with events compares this number with the number in the database. If the numbers differ, another process has become
    /// the master, and the transaction fails.
    /// </para>
    /// </remarks>
    public long Epoch
    {
        get => Interlocked.Read(ref _epoch);
        set => Interlocked.Exchange(ref _epoch, value);
    }
}
