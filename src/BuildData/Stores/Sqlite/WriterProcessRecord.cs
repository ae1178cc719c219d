using static BuildData.Stores.Sqlite.SynchronousTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>Records, in a row of the database, which process has opened the database file for writing.</summary>
/// <remarks>
/// <para>Each process writes a random number into this row when it opens the file for writing. It writes 0 when it closes the file. If a
/// process opens the file and does not find 0, the previous process has not closed the file. For example, the previous process was
/// killed.</para>
/// <para>The number must not change while this process has the file open. If the number changes, another process has opened the file for
/// writing, although a lock file should prevent this. Either the lock file was deleted, or the locks of the file system do not work.</para>
/// </remarks>
internal sealed class WriterProcessRecord(SqliteWriteSession session)
{
    private const long Closed = 0;

    private readonly long _ownNumber = Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>
    /// Writes the number of this process into the row, because this process has opened the file for writing. Must be called in a transaction.
    /// </summary>
    /// <returns>
    /// True if the previous process has closed the file. False if the previous process has not closed the file, for example because it was
    /// killed.
    /// </returns>
    public bool MarkOpenedAndCheckWasClosed()
    {
        long before = Read();
        ThrowIfFailed(session.Execute("UPDATE file_state SET writer = $1", _ownNumber));
        return before == Closed;
    }

    /// <summary>
    /// Returns whether the row still contains the number of this process. If not, another process has opened the file for writing.
    /// </summary>
    public bool IsMarkedByThisProcess() => Read() == _ownNumber;

    /// <summary>Writes 0 into the row, because this process is closing the file. Must be called in a transaction.</summary>
    public void MarkClosed() => ThrowIfFailed(session.Execute("UPDATE file_state SET writer = $1", Closed));

    /// <summary>
    /// Changes a column that no code reads. So the commit of the current transaction must write at least one page of the database.
    /// </summary>
    public void ForceDiskWriteAtCommit() => ThrowIfFailed(session.Execute("UPDATE file_state SET overwrites = overwrites + 1"));

    private long Read()
    {
        SqlBuilder sql = session.Sql().Append("SELECT writer FROM file_state");
        return GetResult(session.Rows<long>(sql, CancellationToken.None))[0];
    }
}
