using System.Data.Common;

namespace BuildData.Testing;

/// <summary>
/// Provides a temporary SQLite file for the master of a test. The file is in a folder of its own, so tests can run in parallel.
/// <see cref="Dispose"/> deletes the folder.
/// </summary>
/// <remarks>
/// Use this class if the code under test creates the master, for example in a host program. Otherwise use <see cref="TestMaster"/>, which
/// needs less code.
/// </remarks>
public sealed class TestDatabase : IDisposable
{
    /// <summary>Creates an empty temporary folder. The master creates the file.</summary>
    public TestDatabase()
    {
        Folder = Directory.CreateTempSubdirectory("builddata-test-").FullName;
        FilePath = Path.Combine(Folder, "builds.db");
        ConnectionString = new DbConnectionStringBuilder { ["Data Source"] = FilePath }.ConnectionString;
    }

    /// <summary>Gets the path of the folder. A test can create other files in this folder.</summary>
    public string Folder { get; }

    /// <summary>Gets the path of the SQLite file.</summary>
    public string FilePath { get; }

    /// <summary>Gets the connection string of the SQLite file, for <see cref="BuildDataOptions.UseSqlite(string, Action{SqliteOptions}?)"/>.</summary>
    public string ConnectionString { get; }

    /// <summary>Deletes the folder with all its files. A later call does nothing.</summary>
    /// <remarks>First dispose all masters that have opened the file. On Windows, a file can't be deleted while it is open.</remarks>
    /// <exception cref="IOException">A file of the folder is open, and the operating system does not delete open files.</exception>
    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
