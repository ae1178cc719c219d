namespace BuildData.Stores.Sqlite;

/// <summary>
/// Keeps a second writer of a database file out, be it another process or another store of this one: a file beside it, named
/// <c>-lock</c>, that is open for as long as the store is and is gone afterwards. A process that dies leaves a file that
/// nobody holds and the next takes over.
/// </summary>
internal sealed class SqliteFileLock : IDisposable
{
    private const string Advice = "One process at a time may write a SQLite file; others may open it with Mode=ReadOnly.";

    private const int MostTries = 100;

    private readonly string _path;
    private readonly FileStream _file;

    private SqliteFileLock(string path, FileStream file)
    {
        _path = path;
        _file = file;
    }

    /// <exception cref="StoreInUseException">The file is taken.</exception>
    /// <exception cref="StoreException">The file can't be made.</exception>
    public static SqliteFileLock Take(string database)
    {
        string path = database + "-lock";
        for (int tries = MostTries; ; tries--)
        {
            try
            {
                if (TryTake(path) is { } taken)
                    return taken;
            }
            catch (DirectoryNotFoundException error)
            {
                throw new StoreException($"The directory of '{database}' does not exist.", error);
            }
            catch (UnauthorizedAccessException error)
            {
                throw new StoreException($"The directory of '{database}' can't be written: {error.Message}", error);
            }
            catch (IOException error) when (File.Exists(path))
            {
                throw new StoreInUseException(database, Advice, error);
            }
            catch (IOException error) when (tries == 0)
            {
                throw new StoreException($"The directory of '{database}' can't be written: {error.Message}", error);
            }
            catch (IOException)
            {
                // Whoever had it is just letting it go.
            }

            if (tries == 0)
                throw new StoreInUseException(database, Advice);
        }
    }

    public void Dispose()
    {
        try
        {
            // Removed while it is still held, so that nobody can hold a file that is about to lose its name and believe in it.
            if (!OperatingSystem.IsWindows())
                File.Delete(_path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The folder is gone, and the file with it, or can't be written any more: whoever opens the database next takes the file over.
        }
        finally
        {
            _file.Dispose();
        }
    }

    /// <summary>Null if whoever had it removed it while it was being opened here: that is a file without a name by now.</summary>
    private static SqliteFileLock? TryTake(string path)
    {
        FileStream file = OpenAlone(path);
        bool isTaken = false;
        try
        {
            isTaken = IsStillThere(path, file);
            return isTaken ? new SqliteFileLock(path, file) : null;
        }
        finally
        {
            if (!isTaken)
                file.Dispose();
        }
    }

    private static FileStream OpenAlone(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        BufferSize = 0,

        // Elsewhere an open file can be removed, and what this option does there would come after letting go.
        Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
    });

    /// <summary>Whether the file that is held is the one that has the name.</summary>
    private static bool IsStillThere(string path, FileStream file)
    {
        if (OperatingSystem.IsWindows())
            return true;

        // A held file can't be opened again to look what is in it. A mark in its time can be seen without opening it: an even
        // second from 1980 on, which every file system can keep.
        DateTime mark = new DateTime(1980, 1, 2, 0, 0, 0, DateTimeKind.Utc).AddSeconds(2 * Random.Shared.NextInt64(1 << 28));
        File.SetLastWriteTimeUtc(file.SafeFileHandle, mark);
        return File.Exists(path) && File.GetLastWriteTimeUtc(path) == mark;
    }
}
