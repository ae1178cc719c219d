namespace BuildData.Stores.Sqlite;

/// <summary>
/// Holds attributes of a database file that change when another process writes the file. They are read without opening the file.
/// </summary>
/// <param name="Length">The length of the file in bytes.</param>
/// <param name="Written">The time of the last write, in UTC.</param>
/// <param name="HasLog">Whether the file has a write-ahead log. It has one while a process has the file open for writing.</param>
internal readonly record struct FileStamp(long Length, DateTime Written, bool HasLog)
{
    /// <summary>Reads the attributes of a file.</summary>
    /// <returns>The attributes; the default value if the file does not exist.</returns>
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc, File.Exists(path + "-wal")) : default;
    }
}
