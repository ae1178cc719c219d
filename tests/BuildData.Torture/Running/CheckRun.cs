using System.Collections.Concurrent;
using System.Diagnostics;

namespace BuildData.Torture.Running;

/// <summary>A run of a check: its settings, its clock and its figures. Can be used from any thread.</summary>
/// <param name="settings">The settings.</param>
/// <param name="output">Where it prints.</param>
internal sealed class CheckRun(CheckSettings settings, TextWriter output)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly ConcurrentDictionary<string, long> _figures = new();
    private readonly Lock _lock = new();
    private long _begun;

    /// <summary>Gets the settings.</summary>
    public CheckSettings Settings => settings;

    /// <summary>Gets what was counted, by name.</summary>
    public IReadOnlyDictionary<string, long> Figures => _figures;

    /// <summary>Gets how long the run has lasted.</summary>
    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Gets the time that is left; null if only the number of rounds ends the check.</summary>
    public TimeSpan? Left => settings.Duration is { } duration ? duration - _clock.Elapsed : null;

    /// <summary>Returns whether another round is to begin, and counts it.</summary>
    /// <param name="round">The number of the round, from 0. With the seed, it determines the random choices of the round.</param>
    public bool Begin(out int round)
    {
        lock (_lock)
        {
            round = (int)_begun;
            if (_begun >= settings.Rounds || Left < TimeSpan.Zero)
                return false;
            _begun++;
            return true;
        }
    }

    /// <summary>Returns the random numbers of a round.</summary>
    public Random Random(int round) => new(HashCode(settings.Seed, round));

    /// <summary>Adds to a figure that is printed at the end.</summary>
    public void Count(string name, long amount = 1) => _figures.AddOrUpdate(name, amount, (_, sum) => sum + amount);

    /// <summary>Keeps the greatest value of a figure that is printed at the end.</summary>
    public void Max(string name, long value) => _figures.AddOrUpdate(name, value, (_, greatest) => Math.Max(greatest, value));

    /// <summary>Prints a line.</summary>
    public void Print(string line)
    {
        lock (_lock)
            output.WriteLine(line);
    }

    /// <summary>Creates the exception for a promise that does not hold, with what repeats the run.</summary>
    public ViolationException Violation(string message) => new($"{message}\nSeed {settings.Seed}.");

    // HashCode.Combine has another seed in each process.
    private static int HashCode(int seed, int round) => unchecked(((seed * 397) ^ round) * 16_777_619);
}
