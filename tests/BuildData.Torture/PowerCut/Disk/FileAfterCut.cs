namespace BuildData.Torture.PowerCut.Disk;

/// <summary>Makes the content that a file has after a power cut.</summary>
internal static class FileAfterCut
{
    /// <summary>Returns the content of a file.</summary>
    /// <param name="durable">What was durable.</param>
    /// <param name="pending">All pending changes.</param>
    /// <param name="file">The number of the file.</param>
    /// <param name="survivors">The choice.</param>
    public static GrowingBytes Create(GrowingBytes durable, IReadOnlyList<PendingChange> pending, int file, Survivors survivors)
    {
        // The last surviving write of each sector. The sector also has what was written to it before.
        var lastWrites = new Dictionary<long, int>();
        int lastLength = -1;
        for (int i = 0; i < pending.Count; i++)
        {
            if (!survivors.Kept[i])
                continue;
            if (pending[i] is PendingWrite write && write.File == file)
            {
                for (long sector = write.FirstSector; sector <= write.LastSector; sector++)
                {
                    if (!survivors.Lost.TryGetValue(i, out var lost) || !lost[(int)(sector - write.FirstSector)])
                        lastWrites[sector] = i;
                }
            }
            else if (pending[i] is PendingLength length && length.File == file)
            {
                lastLength = i;
            }
        }

        lastLength = Math.Max(lastLength, LengthBefore(lastWrites, pending, file));
        GrowingBytes content = durable.Copy();
        long fullLength = durable.Length;
        for (int i = 0; i < pending.Count; i++)
        {
            if (pending[i] is PendingLength length && length.File == file)
            {
                fullLength = length.Length;
                if (i <= lastLength)
                    content.SetLength(length.Length);
            }
            else if (pending[i] is PendingWrite write && write.File == file)
            {
                fullLength = Math.Max(fullLength, write.Offset + write.Data.Length);
                WriteSectors(content, write, i, lastWrites);
            }
        }

        if (survivors.NewSpace != NewSpace.None && fullLength > content.Length)
            AddSpace(content, fullLength, survivors);
        return content;
    }

    /// <summary>Returns the index of the last truncation without which a surviving write could not be there.</summary>
    private static int LengthBefore(Dictionary<long, int> lastWrites, IReadOnlyList<PendingChange> pending, int file)
    {
        for (int i = pending.Count - 1; i >= 0; i--)
        {
            if (pending[i] is PendingLength length && length.File == file
                && lastWrites.Any(write => write.Value > i && (write.Key + 1) * SimulatedDisk.SectorSize > length.Length))
            {
                return i;
            }
        }

        return -1;
    }

    private static void WriteSectors(GrowingBytes content, PendingWrite write, int index, Dictionary<long, int> lastWrites)
    {
        for (long sector = write.FirstSector; sector <= write.LastSector; sector++)
        {
            if (!lastWrites.TryGetValue(sector, out int last) || last < index)
                continue;
            long from = Math.Max(write.Offset, sector * SimulatedDisk.SectorSize);
            long to = Math.Min(write.Offset + write.Data.Length, (sector + 1) * SimulatedDisk.SectorSize);
            content.Write(from, write.Data.AsSpan((int)(from - write.Offset), (int)(to - from)));
        }
    }

    private static void AddSpace(GrowingBytes content, long length, Survivors survivors)
    {
        int end = content.Length;
        content.SetLength(length);
        if (survivors.NewSpace != NewSpace.Remains)
            return;
        byte[] remains = new byte[length - end];
        new Random(survivors.Seed).NextBytes(remains);
        content.Write(end, remains);
    }
}
