namespace BuildData.TestSupport;

/// <summary>Reads from Linux what this process holds.</summary>
internal static class LinuxProcess
{
    /// <summary>Returns the paths of the open files of a folder. Includes files that were deleted while they were open.</summary>
    public static IEnumerable<string> OpenFiles(string folder) =>
        Directory.GetFiles("/proc/self/fd")
            .Select(link => IfThere(() => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName))
            .Where(target => target.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>Returns the number of the library's threads.</summary>
    public static int WriterThreads() =>
        Directory.GetDirectories("/proc/self/task").Count(task => IfThere(() => File.ReadAllText(Path.Combine(task, "comm"))).StartsWith("BuildData", StringComparison.Ordinal));

    /// <summary>What is read of a file or a thread; nothing if it is gone by then.</summary>
    private static string IfThere(Func<string?> read)
    {
        try
        {
            return read() ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
