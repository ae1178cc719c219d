namespace BuildData.Torture.PowerCut.Disk;

/// <summary>Lays out the files that are there after a power cut.</summary>
internal static class DiskAfterCut
{
    /// <summary>Writes the files into an empty folder.</summary>
    public static void Write(SimulatedDisk disk, Survivors survivors, string folder)
    {
        FileNames names = disk.DurableNames.Copy();
        PendingName[] pendingNames = [.. disk.Pending.OfType<PendingName>()];
        if (pendingNames.Length > 0)
        {
            HashSet<PendingName> kept = SimulatedDisk.Closure(pendingNames, disk.Pending.Where((change, i) => survivors.Kept[i] && change is PendingName).Cast<PendingName>());
            foreach (PendingName change in pendingNames.Where(kept.Contains))
                names.Apply(change);
        }

        foreach (string path in names.Folders)
            Directory.CreateDirectory(Path.Combine(folder, path));
        foreach ((string path, int file) in names.Files)
            Write(Path.Combine(folder, path), FileAfterCut.Create(disk.DurableOrEmpty(file), disk.Pending, file, survivors).Content);
        if (survivors.LeavesSharedMemory)
            WriteSharedMemory(folder, survivors.Seed);
    }

    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        using FileStream file = File.Create(path, bufferSize: 0);
        file.Write(content);
    }

    private static void WriteSharedMemory(string folder, int seed)
    {
        byte[] content = new byte[32 * 1024];
        new Random(seed).NextBytes(content);
        foreach (string log in Directory.GetFiles(folder, "*-wal"))
            File.WriteAllBytes($"{log[..^4]}-shm", content);
    }
}
