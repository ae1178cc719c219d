using System.Diagnostics;
using System.Globalization;
using BuildData.Torture.Running;

namespace BuildData.Torture.Fuzzing.Running;

/// <summary>Runs inputs within limits of time and memory.</summary>
/// <param name="target">The target.</param>
/// <param name="current">Remembers the input that runs, in case the process dies; null if nobody reads it.</param>
/// <param name="print">Prints each new kind of fault.</param>
internal sealed class InputRunner(IFuzzTarget target, CurrentInput? current, Action<string> print)
{
    // The machine can be slow, and other programs can use it too. An input that takes as long as this hangs.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    // What background work allocates, and buffers of a fixed size.
    private const long MemoryBase = 64 * 1024 * 1024;

    private const long MemoryPerByte = 16 * 1024;

    private readonly Dictionary<string, Fault> _faults = [];

    /// <summary>Gets the faults, one of each kind, with the shortest input.</summary>
    public IReadOnlyCollection<Fault> Faults => _faults.Values;

    /// <summary>Gets the longest time of an input.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>Gets the input that took the longest time.</summary>
    public byte[] SlowestInput { get; private set; } = [];

    /// <summary>Gets the most that was allocated during an input, in bytes.</summary>
    public long MostAllocated { get; private set; }

    /// <summary>Gets whether an input never came to an end, so that no further ones can run.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Runs an input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="thoroughly">Whether also to send it to what would take too long for every input.</param>
    public async Task Run(byte[] input, bool thoroughly = false)
    {
        current?.Set(input);
        try
        {
            await RunWithin(thoroughly ? target.RunThoroughly : target.Run, input);
        }
        catch (Exception error)
        {
            IsStuck |= error is TimeoutException;
            Add(Fault.From(error, input));
        }
    }

    private async Task RunWithin(Func<byte[], Task> run, byte[] input)
    {
        long start = Stopwatch.GetTimestamp();
        long before = GC.GetTotalAllocatedBytes();
        await Task.Run(() => run(input)).WaitAsync(TimeLimit);
        long allocated = GC.GetTotalAllocatedBytes() - before;
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        if (time > Slowest)
            (Slowest, SlowestInput) = (time, input);
        MostAllocated = Math.Max(MostAllocated, allocated);
        if (allocated > MemoryBase + (MemoryPerByte * input.Length))
            throw new ViolationException(string.Create(CultureInfo.InvariantCulture, $"The input has {input.Length} bytes, and {allocated:N0} bytes were allocated."));
    }

    private void Add(Fault fault)
    {
        bool isKnown = _faults.TryGetValue(fault.Key, out Fault? known);
        if (!isKnown || fault.Input.Length < known!.Input.Length)
            _faults[fault.Key] = fault;
        if (!isKnown)
            print($"A fault: {fault.Key}\n{fault}");
    }
}
