namespace BuildData.Stores.Sqlite;

/// <summary>
/// Contains the attributes that a database file had at one moment. If two stamps of a file differ, a process has written to the file
/// between the two moments.
/// </summary>
/// <param name="Length">The length of the file in bytes.</param>
/// <param name="LastWriteTime">The time of the last write, in UTC.</param>
/// <param name="HasWriteAheadLog">
/// Whether the write-ahead log of the file exists. The log exists while a process has the file open for writing.
/// </param>
internal readonly record struct FileChangeStamp(long Length, DateTime LastWriteTime, bool HasWriteAheadLog)
{
    /// <summary>Reads the current attributes of a file, without opening the file.</summary>
    /// <param name="path">The path of the database file.</param>
    /// <returns>The attributes; the default value if the file does not exist.</returns>
    public static FileChangeStamp Of(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? new FileChangeStamp(file.Length, file.LastWriteTimeUtc, File.Exists(path + "-wal")) : default;
    }
}
