using static BuildData.Stores.Sqlite.CompletedTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>Reads and writes the database row that identifies the process which has the database file open for writing.</summary>
/// <remarks>
/// <para>Each process writes a random number into this row when it opens the file. It writes 0 when it closes the file. If a process
/// finds another number than 0 at the opening, the last process has not closed the file: it was killed, for example.</para>
/// <para>The number must not change while this process has the file open. If it changes, another process has opened the file for
/// writing, although the lock file should prevent that. Either the lock file was deleted, or the file system's locks do not work.</para>
/// </remarks>
internal sealed class WriterProcessRow(SqliteWriteSession session)
{
    private const long Closed = 0;

    private readonly long _ownNumber = Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>Records that this process has the file open for writing. Must be called in a transaction.</summary>
    /// <returns>True if the last process that had the file open for writing has closed it.</returns>
    public bool RecordOpening()
    {
        long before = Read();
        ThrowIfFailed(session.Execute("UPDATE file_state SET writer = $1", _ownNumber));
        return before == Closed;
    }

    /// <summary>Returns whether the row still identifies this process. If not, another process has opened the file for writing.</summary>
    public bool IdentifiesThisProcess() => Read() == _ownNumber;

    /// <summary>Records that this process has closed the file. Must be called in a transaction.</summary>
    public void RecordClosing() => ThrowIfFailed(session.Execute("UPDATE file_state SET writer = $1", Closed));

    /// <summary>Increments a column that has no other purpose. The commit of the transaction then writes at least one page.</summary>
    public void ForcePageWrite() => ThrowIfFailed(session.Execute("UPDATE file_state SET overwrites = overwrites + 1"));

    private long Read()
    {
        SqlBuilder sql = session.Sql().Append("SELECT writer FROM file_state");
        return ResultOf(session.Rows<long>(sql, CancellationToken.None))[0];
    }
}
