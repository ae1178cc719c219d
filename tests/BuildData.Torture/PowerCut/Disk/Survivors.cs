using System.Collections;
using System.Globalization;
using System.Text;

namespace BuildData.Torture.PowerCut.Disk;

/// <summary>What is in a file beyond its durable end if only its new length has survived.</summary>
internal enum NewSpace
{
    /// <summary>The length has not survived either.</summary>
    None,

    /// <summary>Zeros.</summary>
    Zeros,

    /// <summary>Remains of other files.</summary>
    Remains,
}

/// <summary>The choice of the pending changes that survive a power cut.</summary>
/// <param name="Kept">Which of the pending changes survive.</param>
internal sealed record Survivors(BitArray Kept)
{
    /// <summary>Gets the sectors of a kept write that don't survive, by the index of the write. The bits count from the first sector of the write.</summary>
    public IReadOnlyDictionary<int, BitArray> Lost { get; init; } = new Dictionary<int, BitArray>();

    /// <summary>Gets what is beyond the durable end of files whose writes don't survive.</summary>
    public NewSpace NewSpace { get; init; }

    /// <summary>Gets the seed of the remains.</summary>
    public int Seed { get; init; }

    /// <summary>Gets whether the shared memory of SQLite is left behind, with arbitrary content.</summary>
    public bool LeavesSharedMemory { get; init; }

    /// <summary>Gets a text that is the same for the same choice.</summary>
    public string Key
    {
        get
        {
            var text = new StringBuilder();
            text.Append(Bits(Kept));
            foreach ((int index, BitArray lost) in Lost.OrderBy(pair => pair.Key))
                text.Append(CultureInfo.InvariantCulture, $" {index} without {Bits(lost)}");
            if (NewSpace != NewSpace.None)
                text.Append(CultureInfo.InvariantCulture, $" {NewSpace} {Seed}");
            return text.Append(LeavesSharedMemory ? " shm" : "").ToString();
        }
    }

    private static string Bits(BitArray bits) => string.Concat(bits.Cast<bool>().Select(bit => bit ? '1' : '0'));
}
