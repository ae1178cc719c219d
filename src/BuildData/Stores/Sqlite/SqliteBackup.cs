using BuildData.Values;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>Writes one backup of a SQLite file. Blocks the thread until the backup has ended.</summary>
/// <remarks>
/// <para>The backup copies pages with SQLite's backup functions, on a connection that reads one snapshot. Updates never wait for it: SQLite
/// appends them to the write-ahead log. The log can only be emptied when the backup has ended. <c>VACUUM INTO</c> would also copy one
/// snapshot, but it inserts all rows again, which takes several times as long. A shorter backup keeps the log shorter.</para>
/// <para>The file gets its name when it is complete and on disk. Before, it has another name that ends with <c>.partial</c>.</para>
/// </remarks>
/// <param name="source">The database file.</param>
/// <param name="target">The full path of the backup.</param>
internal sealed class SqliteBackup(SqliteFile source, string target)
{
    // 4 MiB. The token is checked after each step, which takes a few milliseconds.
    private const int PagesPerStep = 1024;

    private readonly string _partial = $"{target}.{Guid.NewGuid():N}.partial";
    private bool _hasName;

    /// <exception cref="StoreException">The file of the backup exists or can't be written, or the database can't be read.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        ThrowIfTargetExists();
        try
        {
            Copy(cancellationToken);
            using (FileStream written = File.Open(_partial, FileMode.Open, FileAccess.ReadWrite))
                written.Flush(flushToDisk: true);
            File.Move(_partial, target, overwrite: false);
            _hasName = true;
            FolderSync.Flush(Path.GetDirectoryName(target)!);
        }
        catch (Exception error)
        {
            Delete(_hasName ? target : _partial, error);
            if (error is SqliteException driver)
                throw SqliteErrors.Wrap(driver, target);
            if (error is IOException or UnauthorizedAccessException)
                throw new StoreException($"The backup '{target}' can't be written: {error.Message}", error);
            throw;
        }
    }

    private void ThrowIfTargetExists()
    {
        if (File.Exists(target) || Directory.Exists(target))
            throw new StoreException($"'{target}' exists. A backup needs the name of a new file.");
        if (!Directory.Exists(Path.GetDirectoryName(target)))
            throw new StoreException($"The directory of '{target}' does not exist. Create it before the backup.");
    }

    private void Copy(CancellationToken cancellationToken)
    {
        using SqliteReadSession session = source.OpenForReading();
        session.BeginSnapshotNow();
        using sqlite3 destination = OpenDestination();
        using (sqlite3_backup backup = raw.sqlite3_backup_init(destination, "main", session.Connection, "main"))
        {
            if (backup.IsInvalid)
                throw SqliteErrors.FromNative(destination, raw.sqlite3_errcode(destination));

            int code = raw.SQLITE_OK;
            while (code == raw.SQLITE_OK)
            {
                cancellationToken.ThrowIfCancellationRequested();
                code = raw.sqlite3_backup_step(backup, PagesPerStep);
            }

            if (code != raw.SQLITE_DONE)
                throw new SqliteException($"SQLite Error {code}: '{raw.sqlite3_errstr(code).utf8_to_string()}'.", code & 0xff, code);
        }

        if (!session.IsFileUnchanged(source))
            throw new StoreException($"'{source.Path}' was changed while it was read without locks. Repeat the backup.");
    }

    private sqlite3 OpenDestination()
    {
        int code = raw.sqlite3_open_v2(_partial, out sqlite3 destination, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, source.Vfs);
        if (code == raw.SQLITE_OK)
        {
            // A backup that is interrupted is deleted. So it needs no journal, and is flushed only at its end.
            code = raw.sqlite3_exec(destination, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
        }

        if (code == raw.SQLITE_OK)
            return destination;

        SqliteException error = SqliteErrors.FromNative(destination, code);
        destination.Dispose();
        throw error;
    }

    private static void Delete(string file, Exception error)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception second) when (second is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The backup failed ({error.Message}), and '{file}' could not be deleted: {second.Message}", new AggregateException(error, second));
        }
    }
}
