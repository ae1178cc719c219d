using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace BuildData.Values;

/// <summary>
/// Flushes a folder to the disk. Without this, a power cut can undo the creation or the renaming of a file, even if the content of the file is
/// on the disk.
/// </summary>
internal static class FolderSync
{
    // O_RDONLY has this value on all Unix systems.
    private const int ReadOnly = 0;

    /// <summary>Flushes a folder. Does nothing on Windows, which has no such operation.</summary>
    /// <exception cref="IOException">The folder can't be flushed.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;

        // .NET opens no folders. So this class calls the C library.
        int handle = Open(Encoding.UTF8.GetBytes(folder + '\0'), ReadOnly);
        if (handle < 0)
            throw LastError(folder);
        try
        {
            if (Sync(handle) != 0)
                throw LastError(folder);
        }
        finally
        {
            _ = Close(handle);
        }
    }

    private static IOException LastError(string folder) =>
        new($"The folder '{folder}' can't be flushed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
