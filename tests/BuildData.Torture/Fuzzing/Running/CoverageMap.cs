using System.Numerics;
using System.Runtime.InteropServices;

namespace BuildData.Torture.Fuzzing.Running;

/// <summary>
/// Reads which code an input has run. SharpFuzz has added a counter to each branch of the library; the counters are this map. As in AFL, a counter
/// belongs to a pair of branches, and its value counts in eight classes, so that a loop that runs more often is also new.
/// </summary>
internal sealed unsafe class CoverageMap
{
    private const int Size = 1 << 16;

    private static readonly byte[] Classes = CreateClasses();

    private readonly byte* _map;
    private readonly byte[] _seen = new byte[Size];
    private readonly byte[] _first = new byte[Size];

    /// <summary>Makes the counters of the library's branches use this map. There can be one map in a process.</summary>
    public CoverageMap()
    {
        _map = (byte*)NativeMemory.AllocZeroed(Size);
        SharpFuzz.Common.Trace.SharedMem = _map;
    }

    private Span<byte> Map => new(_map, Size);

    /// <summary>Gets the number of pairs of branches that all inputs together have run.</summary>
    public int Edges { get; private set; }

    /// <summary>Begins a new input.</summary>
    public void Clear()
    {
        Map.Clear();
        SharpFuzz.Common.Trace.PrevLocation = 0;
    }

    /// <summary>Returns whether the input has run code that no input before has run. Keeps this for <see cref="Confirm"/>.</summary>
    public bool HasNew()
    {
        bool isNew = false;
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(Map);
        for (int i = 0; i < words.Length; i++)
        {
            if (words[i] == 0)
                continue;
            for (int at = i * sizeof(ulong); at < (i + 1) * sizeof(ulong); at++)
                isNew |= (Classes[_map[at]] & ~_seen[at]) != 0;
        }

        if (isNew)
            Map.CopyTo(_first);
        return isNew;
    }

    /// <summary>
    /// Adds what the input has run a second time, too. What runs beside the inputs, such as a heartbeat, is not the same twice. Returns whether there was
    /// something new.
    /// </summary>
    public bool Confirm()
    {
        bool isNew = false;
        for (int at = 0; at < Size; at++)
        {
            int both = Classes[_map[at]] & Classes[_first[at]] & ~_seen[at];
            if (both == 0)
                continue;
            if (_seen[at] == 0)
                Edges++;
            _seen[at] |= (byte)both;
            isNew = true;
        }

        return isNew;
    }

    /// <summary>Returns the pairs of branches that the input has run.</summary>
    public HashSet<int> CurrentEdges()
    {
        var edges = new HashSet<int>();
        for (int at = 0; at < Size; at++)
        {
            if (_map[at] != 0)
                edges.Add(at);
        }

        return edges;
    }

    private static byte[] CreateClasses()
    {
        var classes = new byte[256];
        for (int count = 1; count < classes.Length; count++)
            classes[count] = (byte)(count <= 3 ? 1 << (count - 1) : 1 << Math.Min(BitOperations.Log2((uint)count) + 1, 7));
        return classes;
    }
}
