namespace BuildData.PostgreSql.Writing;

/// <summary>
/// Gives each transaction of this process a time of its own, so that its events can be told from those of every other transaction.
/// </summary>
internal sealed class TransactionClock
{
    private long _last;

    /// <summary>Returns a time in microseconds since 1970: the one given, or a later one if it has been given out.</summary>
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
