using System.Collections;

namespace BuildData.Torture.PowerCut.Disk;

/// <summary>Chooses which of the pending changes survive a power cut.</summary>
/// <remarks>
/// With few pending changes, it returns all subsets. With more, it returns: none; all; each prefix; each one missing; all
/// changes of one file and none of the others, and the opposite; and random subsets. In addition, it tears writes: single sectors are lost,
/// or survive alone. In addition, files are longer than what was written to them.
/// </remarks>
internal static class CutChooser
{
    private const int MaxForAllSubsets = 6;
    private const int RandomSubsets = 16;
    private const int TornWrites = 16;

    // Of hundreds of prefixes, a part is chosen at random.
    private const int MaxOfAKind = 64;

    /// <summary>Returns different choices.</summary>
    public static IEnumerable<Survivors> Choose(IReadOnlyList<PendingChange> pending, Random random)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        return All(pending, random).Where(survivors => keys.Add(survivors.Key));
    }

    private static IEnumerable<Survivors> All(IReadOnlyList<PendingChange> pending, Random random)
    {
        int count = pending.Count;
        yield return new Survivors(new BitArray(count));
        if (count == 0)
            yield break;
        yield return new Survivors(new BitArray(count, true));
        IEnumerable<BitArray> subsets = count <= MaxForAllSubsets ? AllSubsets(count) : SomeSubsets(pending, random);
        foreach (BitArray kept in subsets)
            yield return new Survivors(kept);
        foreach (Survivors torn in Torn(pending, random))
            yield return torn;
        foreach (NewSpace space in new[] { NewSpace.Zeros, NewSpace.Remains })
        {
            yield return new Survivors(new BitArray(count)) { NewSpace = space, Seed = random.Next() };
            yield return new Survivors(Subset(count, random)) { NewSpace = space, Seed = random.Next() };
        }

        yield return new Survivors(Subset(count, random)) { LeavesSharedMemory = true, Seed = random.Next() };
    }

    private static IEnumerable<BitArray> AllSubsets(int count) =>
        Enumerable.Range(0, 1 << count).Select(bits => new BitArray([.. Enumerable.Range(0, count).Select(i => (bits & (1 << i)) != 0)]));

    private static IEnumerable<BitArray> SomeSubsets(IReadOnlyList<PendingChange> pending, Random random)
    {
        int count = pending.Count;
        foreach (int i in Some(count, random))
            yield return Where(count, index => index <= i);
        foreach (int i in Some(count, random))
            yield return Where(count, index => index != i);
        int[] files = [.. pending.Select(FileOf).Distinct()];
        if (files.Length > 1)
        {
            foreach (int file in files)
            {
                yield return Where(count, index => FileOf(pending[index]) == file);
                yield return Where(count, index => FileOf(pending[index]) != file);
            }
        }

        for (int i = 0; i < RandomSubsets; i++)
            yield return Subset(count, random);
    }

    private static IEnumerable<Survivors> Torn(IReadOnlyList<PendingChange> pending, Random random)
    {
        int count = pending.Count;
        int[] writes = [.. Enumerable.Range(0, count).Where(i => pending[i] is PendingWrite write && write.LastSector > write.FirstSector)];
        random.Shuffle(writes);
        foreach (int i in writes.Take(TornWrites))
        {
            var write = (PendingWrite)pending[i];
            int sectors = (int)(write.LastSector - write.FirstSector) + 1;
            int chosen = random.Next(sectors);
            BitArray one = Where(sectors, sector => sector == chosen);
            yield return new Survivors(new BitArray(count, true)) { Lost = new Dictionary<int, BitArray> { [i] = one } };
            yield return new Survivors(Where(count, index => index <= i)) { Lost = new Dictionary<int, BitArray> { [i] = Subset(sectors, random) } };
            yield return new Survivors(Where(count, index => index == i)) { Lost = new Dictionary<int, BitArray> { [i] = Where(sectors, sector => sector != chosen) } };
        }
    }

    private static int FileOf(PendingChange change) => change switch
    {
        PendingWrite write => write.File,
        PendingLength length => length.File,
        _ => 0,
    };

    private static int[] Some(int count, Random random)
    {
        int[] all = [.. Enumerable.Range(0, count)];
        if (count <= MaxOfAKind)
            return all;
        random.Shuffle(all);

        // The last ones decide whether a transaction is complete.
        return [.. all.Take(MaxOfAKind - 4), count - 1, count - 2, count - 3, count - 4];
    }

    private static BitArray Subset(int count, Random random)
    {
        double share = random.Next(3) switch { 0 => 0.1, 1 => 0.5, _ => 0.9 };
        return Where(count, _ => random.NextDouble() < share);
    }

    private static BitArray Where(int count, Func<int, bool> isKept) => new([.. Enumerable.Range(0, count).Select(isKept)]);
}
