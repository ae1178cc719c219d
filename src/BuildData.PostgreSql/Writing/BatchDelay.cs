namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Decides whether the next batch is delayed. During the delay, more updates can arrive and share the batch. Not thread-safe.
/// </summary>
/// <remarks>
/// The delay ends after about a millisecond, or earlier when the queue has half of the expected updates. The callers whose
/// updates were committed together write their next updates one after another. Without the delay, these updates would be spread
/// over many small batches.
/// </remarks>
internal sealed class BatchDelay
{
    /// <summary>The maximum duration of the delay.</summary>
    public static readonly TimeSpan Max = TimeSpan.FromMilliseconds(1);

    // The largest recent number of queued and running updates: about the number of concurrent callers.
    private int _expectedUpdates;

    // The time until which the next batch is delayed, as Environment.TickCount64; 0 if it is not delayed.
    private long _until;

    /// <summary>Gets whether the next batch is being delayed.</summary>
    public bool IsActive => _until > 0;

    /// <summary>Gets whether at most one caller is expected. If so, no second update would arrive during a delay.</summary>
    public bool ExpectsAtMostOneCaller => _expectedUpdates <= 1;

    /// <summary>Gets the number of updates at which the delay ends early.</summary>
    public int SufficientUpdates => (_expectedUpdates + 1) / 2;

    /// <summary>Ends the delay.</summary>
    public void Cancel() => _until = 0;

    /// <summary>
    /// Returns whether the next batch must be delayed. Starts the delay if necessary, and ends it when the batch can begin.
    /// </summary>
    /// <param name="readyCount">The number of updates that the batch could take now.</param>
    /// <param name="runningCount">
    /// The number of updates in running batches that will end soon. Their callers are expected to write again.
    /// </param>
    public bool ShouldDelay(int readyCount, int runningCount)
    {
        _expectedUpdates = Math.Max(_expectedUpdates, readyCount + runningCount);
        if (readyCount < SufficientUpdates)
        {
            long now = Environment.TickCount64;
            if (_until == 0)
                _until = now + (long)Max.TotalMilliseconds + 1;
            if (now < _until)
                return true;

            // The delay has passed without enough updates, so there are fewer callers than expected.
            _expectedUpdates = readyCount + runningCount;
        }

        _until = 0;
        return false;
    }
}
