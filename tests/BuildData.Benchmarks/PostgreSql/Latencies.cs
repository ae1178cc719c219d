using System.Numerics;

namespace BuildData.Benchmarks;

/// <summary>Counts how long operations took, in ranges that are at most 1/32 wider than their lower end. Times are microseconds.</summary>
internal sealed class Latencies
{
    private const int SubRangeBits = 5;
    private const int SubRanges = 1 << SubRangeBits;

    public long[] Counts { get; init; } = new long[SubRanges * (32 - SubRangeBits + 1)];

    public long Total => Counts.Sum();

    public void Add(double microseconds) => Counts[Index((uint)microseconds)]++;

    public void Add(Latencies other)
    {
        for (int i = 0; i < Counts.Length; i++)
            Counts[i] += other.Counts[i];
    }

    /// <summary>Returns the time, in milliseconds, that this share of the operations stayed below; 0 if there are none.</summary>
    public double Milliseconds(double share)
    {
        long total = Total;
        long wanted = (long)Math.Ceiling(total * share);
        for (int i = 0; total > 0; i++)
        {
            wanted -= Counts[i];
            if (wanted <= 0)
                return UpperEnd(i) / 1000.0;
        }

        return 0;
    }

    private static int Index(uint value)
    {
        int shift = Math.Max(0, BitOperations.Log2(value) - SubRangeBits);
        return (shift * SubRanges) + (int)(value >> shift);
    }

    private static long UpperEnd(int index)
    {
        int shift = Math.Max(0, (index / SubRanges) - 1);
        return (index - (shift * SubRanges) + 1L) << shift;
    }
}
