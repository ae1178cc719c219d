namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Assigns a time to each transaction of this process. A later call returns a later time, so no two transactions have the same
/// time. Thread-safe.
/// </summary>
internal sealed class UniqueTransactionClock
{
    private long _last;

    /// <summary>
    /// Returns the current time, if the current time is later than all times that this clock has assigned. Otherwise returns the last
    /// assigned time plus one microsecond.
    /// </summary>
    /// <param name="now">The current time, in microseconds since 1970.</param>
    public long NextUniqueTime(long now)
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
