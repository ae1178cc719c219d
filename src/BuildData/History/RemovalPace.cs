namespace BuildData.History;

/// <summary>
/// Determines how many rows each part of a removal removes, and how long the pause after each part is. A part takes a few milliseconds. A
/// pause is usually three times as long as the part before it. So most of the time is left for other updates.
/// </summary>
/// <param name="clock">Measures the time.</param>
/// <param name="hasSeveralWriters">Whether other updates can run at the same time as a part. If true, a part may take longer.</param>
internal sealed class RemovalPace(TimeProvider clock, bool hasSeveralWriters)
{
    private const long MinRows = 50;
    private const long MaxRows = 5_000;
    private const int PauseFactor = 3;

    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _wanted = TimeSpan.FromMilliseconds(hasSeveralWriters ? 50 : 5);

    /// <summary>Gets the number of rows that the next part should remove.</summary>
    public long Rows { get; private set; } = 4 * MinRows;

    /// <summary>Waits after a part, and adapts the size of the next part.</summary>
    /// <param name="work">The time that the statements of the part took.</param>
    /// <param name="total">The time that the part took, including its commit and the wait for other updates.</param>
    /// <param name="cancellationToken">Cancels the pause.</param>
    public async Task Pause(TimeSpan work, TimeSpan total, CancellationToken cancellationToken)
    {
        if (work > _wanted)
            Rows = Math.Max(MinRows, Rows / 2);
        else if (work < _wanted / 2)
            Rows = Math.Min(MaxRows, Rows * 5 / 4);

        TimeSpan pause = total * PauseFactor < MaxPause ? total * PauseFactor : MaxPause;
        if (pause > TimeSpan.Zero)
            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
        else
            await Task.Yield();
    }
}
