namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Delays the start of the next batch while more updates are expected, so that the batch can contain these updates. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// The batch starts when about half of the expected updates have arrived, or after about a millisecond.
/// </para>
/// <para>
/// A batch completes the updates of several callers together. These callers then write their next updates, one shortly after
/// another. Without the delay, each of these updates could get a small batch of its own.
/// </para>
/// </remarks>
internal sealed class BatchStartDelay
{
    /// <summary>The maximum duration of the delay.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromMilliseconds(1);

    // The largest recent number of queued and running updates: about the number of concurrent callers.
    private int _expectedUpdates;

    // The time until which the next batch is delayed, as Environment.TickCount64; 0 if it is not delayed.
    private long _until;

    /// <summary>Gets whether the delay has begun and has not ended.</summary>
    public bool IsRunning => _until > 0;

    /// <summary>Gets whether the next batch is expected to have at most one update. Such a batch needs no delay.</summary>
    public bool ExpectsAtMostOneUpdate => _expectedUpdates <= 1;

    /// <summary>Gets the number of waiting updates at which the delay ends early: half of the expected updates.</summary>
    public int MinUpdatesToStart => (_expectedUpdates + 1) / 2;

    /// <summary>Ends the delay.</summary>
    public void End() => _until = 0;

    /// <summary>
    /// Begins or continues the delay if enough more updates are expected. Otherwise ends the delay, and the batch can start.
    /// </summary>
    /// <param name="readyUpdates">The number of updates that the batch could take now.</param>
    /// <param name="runningUpdates">
    /// The number of updates in other batches that end soon. The caller of each of these updates is expected to write another update.
    /// </param>
    /// <returns>True if the caller must not start the batch yet.</returns>
    public bool DelayIfMoreUpdatesAreExpected(int readyUpdates, int runningUpdates)
    {
        _expectedUpdates = Math.Max(_expectedUpdates, readyUpdates + runningUpdates);
        if (readyUpdates < MinUpdatesToStart)
        {
            long now = Environment.TickCount64;
            if (_until == 0)
                _until = now + (long)MaxDuration.TotalMilliseconds + 1;
            if (now < _until)
                return true;

            // The delay has passed without enough updates, so there are fewer callers than expected.
            _expectedUpdates = readyUpdates + runningUpdates;
        }

        _until = 0;
        return false;
    }
}
