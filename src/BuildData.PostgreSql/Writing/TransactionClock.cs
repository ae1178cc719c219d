namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Assigns strictly increasing times to the transactions of this process. Each transaction has a different time, which
/// therefore identifies its events. Thread-safe.
/// </summary>
internal sealed class TransactionClock
{
    private long _last;

    /// <summary>
    /// Returns the present time if it is later than all assigned times. Otherwise returns the latest assigned time plus one
    /// microsecond.
    /// </summary>
    /// <param name="now">The present time, in microseconds since 1970.</param>
    public long AssignUniqueTime(long now)
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
