namespace BuildData.Stores.Sqlite;

/// <summary>
/// Holds attributes of a database file, as they were at one moment. Two stamps differ if a process has written the file between them.
/// The attributes are read without opening the file.
/// </summary>
/// <param name="Length">The length of the file in bytes.</param>
/// <param name="LastWriteTime">The time of the last write, in UTC.</param>
/// <param name="HasWriteAheadLog">
/// Whether the file has a write-ahead log, which exists while a process has the file open for writing.
/// </param>
internal readonly record struct FileStamp(long Length, DateTime LastWriteTime, bool HasWriteAheadLog)
{
    /// <summary>Reads the current attributes of a file.</summary>
    /// <param name="path">The path of the database file.</param>
    /// <returns>The attributes; the default value if the file does not exist.</returns>
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(file.Length, file.LastWriteTimeUtc, File.Exists(path + "-wal")) : default;
    }
}
