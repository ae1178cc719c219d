using static BuildData.Stores.Sqlite.SqliteTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>Reads and writes the row that identifies the process which has the file open for writing.</summary>
/// <remarks>
/// Each process writes a random number when it opens the file, and 0 when it closes the file. A number other than 0 at the opening
/// means that the last process has not closed the file. If the number changes while the file is open, another process writes the file
/// and the lock was lost: the lock file was deleted, or the locks of the file system do not work.
/// </remarks>
internal sealed class SqliteFileState(SqliteWriteSession session)
{
    private const long Closed = 0;

    private readonly long _writer = Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>Records that this process has the file open for writing.</summary>
    /// <returns>Whether the last process has closed the file.</returns>
    public bool RecordOpening()
    {
        long before = Read();
        Complete(session.Execute("UPDATE file_state SET writer = $1", _writer));
        return before == Closed;
    }

    /// <summary>Returns whether no other process has opened the file for writing since <see cref="RecordOpening"/>.</summary>
    public bool IsOurs() => Read() == _writer;

    /// <summary>Records that this process has closed the file.</summary>
    public void RecordClosing() => Complete(session.Execute("UPDATE file_state SET writer = $1", Closed));

    /// <summary>Changes a column that has no other purpose, so that the transaction has a page to write.</summary>
    public void WriteAnyPage() => Complete(session.Execute("UPDATE file_state SET overwrites = overwrites + 1"));

    private long Read()
    {
        SqlBuilder sql = session.Sql().Append("SELECT writer FROM file_state");
        return Result(session.Rows<long>(sql, CancellationToken.None))[0];
    }
}
