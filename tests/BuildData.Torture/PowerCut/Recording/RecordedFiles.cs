using System.Collections;
using BuildData.Torture.PowerCut.Disk;

namespace BuildData.Torture.PowerCut.Recording;

/// <summary>Compares what a trace makes of an empty folder with the files that the process has left behind.</summary>
internal static class RecordedFiles
{
    /// <summary>Describes the first difference; null if there is none.</summary>
    public static string? FindDifference(List<TraceRecord> trace, string folder)
    {
        var disk = new SimulatedDisk(DiskRules.Strict);
        foreach (TraceRecord record in trace.Where(record => record.Kind != TraceKind.Mark))
            disk.Apply(record);
        using var copy = new TempFolder(Path.GetDirectoryName(folder));
        DiskAfterCut.Write(disk, new Survivors(new BitArray(disk.Pending.Count, true)), copy.Path);
        string[] expected = Files(folder);
        string[] found = Files(copy.Path);
        return expected.Except(found).FirstOrDefault() is { } missing ? $"it lacks '{missing}'"
            : found.Except(expected).FirstOrDefault() is { } more ? $"it has '{more}' too much"
            : expected.FirstOrDefault(file => !File.ReadAllBytes(Path.Combine(folder, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(copy.Path, file)))) is { } other ? $"'{other}' differs"
            : null;
    }

    private static string[] Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Where(file => file != Recorder.Marks && !file.EndsWith("-shm", StringComparison.Ordinal))];
}
