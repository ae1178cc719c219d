using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace BuildData.Stores.Sqlite;

/// <summary>
/// Detects that an open database file was moved, deleted or replaced. Its path then leads to another file, or to none.
/// </summary>
internal static class FileMoves
{
    // ENOENT and ENOTDIR have these values on all Unix systems.
    private const int NotFound = 2;
    private const int NoFolder = 20;

    // SQLITE_FCNTL_HAS_MOVED.
    private const int HasMovedOperation = 20;

    private static readonly byte[] MainDatabase = [.. "main\0"u8];

    // The handle of a connection belongs to the native library that has opened it. A host can choose another library than the usual one,
    // and may not have chosen it yet when this class is initialized.
    private static bool IsSupported => raw.GetNativeLibraryName() == "e_sqlite3";

    /// <summary>
    /// Returns whether the path of a connection's file leads to another file, or to none. Waits while another thread uses the connection.
    /// </summary>
    /// <returns>False also if the native library or its file layer can't answer. On Windows, an open file can't be moved.</returns>
    public static bool HasMoved(sqlite3 connection) =>
        IsSupported && FileControl(connection, MainDatabase, HasMovedOperation, out int moved) == raw.SQLITE_OK && moved != 0;

    /// <summary>Returns a path as <see cref="IsMissing"/> needs it.</summary>
    public static byte[] Encode(string path) => Encoding.UTF8.GetBytes(path + '\0');

    /// <summary>Returns whether there is no file with a path. On Windows, an open file can't be moved, so the method returns false there.</summary>
    /// <remarks>
    /// The methods of .NET also read the times of the file. On Linux, the next flush of the file is slower after that.
    /// </remarks>
    /// <param name="path">The result of <see cref="Encode"/>.</param>
    public static bool IsMissing(byte[] path) =>
        !OperatingSystem.IsWindows() && Access(path, 0) != 0 && Marshal.GetLastPInvokeError() is (NotFound or NoFolder);

    /// <summary>Creates the exception for a file that was moved, deleted or replaced.</summary>
    /// <param name="path">The path of the database file.</param>
    public static StoreException Error(string path) => new(
        $"'{path}' or its write-ahead log was moved, deleted or replaced while the file was open. Nothing was stored. Put the files back, or dispose the master and restore a backup.");

    [DllImport("libc", EntryPoint = "access", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Access(byte[] path, int mode);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", CallingConvention = CallingConvention.Cdecl)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int FileControl(sqlite3 connection, byte[] database, int operation, out int result);
}
