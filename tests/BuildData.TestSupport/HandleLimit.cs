using System.ComponentModel;
using System.Runtime.InteropServices;

namespace BuildData.TestSupport;

/// <summary>Changes how many file handles this process may have. Linux only.</summary>
internal static class HandleLimit
{
    // RLIMIT_NOFILE.
    private const int Handles = 7;

    /// <summary>Lowers the limit so far that only a few more handles can be opened. Open ones stay.</summary>
    /// <param name="more">How many more.</param>
    /// <returns>The limit that was set before.</returns>
    public static ulong Lower(int more)
    {
        Limits before = Get();

        // The system assigns the lowest free number, and refuses numbers from the limit on.
        ulong lowestFree;
        using (FileStream probe = File.OpenRead("/dev/null"))
            lowestFree = (ulong)probe.SafeFileHandle.DangerousGetHandle();
        Set(before with { Soft = lowestFree + (ulong)more });
        return before.Soft;
    }

    /// <summary>Sets the limit.</summary>
    public static void Restore(ulong limit) => Set(Get() with { Soft = limit });

    private static Limits Get() => getrlimit(Handles, out Limits limits) == 0 ? limits : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private static void Set(Limits limits)
    {
        if (setrlimit(Handles, limits) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int getrlimit(int resource, out Limits limits);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setrlimit(int resource, in Limits limits);

    [StructLayout(LayoutKind.Sequential)]
    private record struct Limits(ulong Soft, ulong Hard);
}
