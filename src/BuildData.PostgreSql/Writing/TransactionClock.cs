namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Assigns a different time to each transaction of this process. So the time identifies the events of a transaction. Safe for use
/// by several threads.
/// </summary>
internal sealed class TransactionClock
{
    private long _last;

    /// <summary>Returns the given time, or the next later one that has not been assigned.</summary>
    /// <param name="now">The present time, in microseconds since 1970.</param>
    public long Next(long now)
    {
        while (true)
        {
            long last = Interlocked.Read(ref _last);
            long next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return next;
        }
    }
}
