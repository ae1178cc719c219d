namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Decides whether the next batch is delayed, so that more updates can share it. Not safe for use by several threads at the same time.
/// </summary>
/// <remarks>
/// A batch is delayed by about a millisecond, or until the queue has half of the expected updates. The callers of the last commit
/// return one after the other, and without the delay they would be spread over many small batches.
/// </remarks>
internal sealed class BatchDelay
{
    public static readonly TimeSpan Max = TimeSpan.FromMilliseconds(1);

    // The largest recent number of queued and running updates: about the number of concurrent callers.
    private int _expectedUpdates;

    // The time until which the next batch is delayed, as Environment.TickCount64; 0 if it is not delayed.
    private long _until;

    /// <summary>Gets whether a batch is delayed at the moment.</summary>
    public bool IsActive => _until > 0;

    /// <summary>Gets whether at most one caller is expected, so that no other update would share a batch.</summary>
    public bool ExpectsSingleCaller => _expectedUpdates <= 1;

    /// <summary>Gets the number of updates that end the delay.</summary>
    public int SufficientUpdates => (_expectedUpdates + 1) / 2;

    public void Cancel() => _until = 0;

    /// <summary>Returns whether the next batch must wait.</summary>
    /// <param name="ready">The number of updates that the batch could take.</param>
    /// <param name="running">The number of updates in running batches whose callers will return soon.</param>
    public bool MustWait(int ready, int running)
    {
        _expectedUpdates = Math.Max(_expectedUpdates, ready + running);
        if (ready < SufficientUpdates)
        {
            long now = Environment.TickCount64;
            if (_until == 0)
                _until = now + (long)Max.TotalMilliseconds + 1;
            if (now < _until)
                return true;

            // The delay has passed without enough updates, so there are fewer callers than expected.
            _expectedUpdates = ready + running;
        }

        _until = 0;
        return false;
    }
}
