using static BuildData.Stores.Sqlite.SqliteTasks;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// The row that tells which process has the file open for writing. Each process writes a number of its own there: if another
/// number is found later, the lock was lost (its file was deleted, or the file system has no working locks) and somebody else
/// writes the file. If one is found at the opening, the last process did not close the file.
/// </summary>
internal sealed class SqliteFileState(SqliteWriteSession session)
{
    private const long Closed = 0;

    private readonly long _writer = Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>Writes that this process has the file open.</summary>
    /// <returns>Whether the last process had closed it.</returns>
    public bool Enter()
    {
        long before = Read();
        Complete(session.Execute("UPDATE file_state SET writer = $1", _writer));
        return before == Closed;
    }

    /// <summary>Whether no other process has opened the file for writing since <see cref="Enter"/>.</summary>
    public bool IsOurs() => Read() == _writer;

    /// <summary>Writes that this process has closed the file.</summary>
    public void Leave() => Complete(session.Execute("UPDATE file_state SET writer = $1", Closed));

    /// <summary>Changes something, so that the transaction has a page to write.</summary>
    public void Touch() => Complete(session.Execute("UPDATE file_state SET overwrites = overwrites + 1"));

    private long Read()
    {
        SqlBuilder sql = session.Sql().Append("SELECT writer FROM file_state");
        return Result(session.Rows<long>(sql, CancellationToken.None))[0];
    }
}
