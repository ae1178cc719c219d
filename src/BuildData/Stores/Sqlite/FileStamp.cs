namespace BuildData.Stores.Sqlite;

/// <summary>What can be seen of a database file without opening it. It changes when another process writes the file.</summary>
/// <param name="Length">The length of the file in bytes.</param>
/// <param name="Written">When the file was written last.</param>
/// <param name="HasLog">Whether a write-ahead log is beside it, as it is while a process has the file open for writing.</param>
internal readonly record struct FileStamp(long Length, DateTime Written, bool HasLog)
{
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc, File.Exists(path + "-wal")) : default;
    }
}
