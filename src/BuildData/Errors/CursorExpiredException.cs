namespace BuildData;

/// <summary>
/// The exception that ends a subscription that should resume after a sequence number. The subscription can't resume, because some later
/// events are not stored.
/// </summary>
/// <remarks>
/// <para>There are three possible causes:</para>
/// <list type="bullet">
/// <item>The events are older than the minimum time that <see cref="BuildDataOptions.KeepEvents"/> sets.</item>
/// <item>A process has written the store without the option to keep events.</item>
/// <item>A process was killed after the sequence number was assigned. Its last events may have been lost.</item>
/// </list>
/// <para>Read the current state again, or call <c>Watch</c>, which returns the current state and then every change.</para>
/// </remarks>
public sealed class CursorExpiredException : BuildDataException
{
    internal CursorExpiredException(long after, long earliest, long latest)
        : base($"Some events after the sequence number {after} are not kept. Resume after a sequence number from {earliest} to {latest}, or read the current state again.")
    {
        After = after;
        Earliest = earliest;
        Latest = latest;
    }

    /// <summary>Gets the sequence number after which the subscription should resume.</summary>
    public long After { get; }

    /// <summary>Gets the lowest sequence number after which a subscription could resume when this exception was created.</summary>
    public long Earliest { get; }

    /// <summary>Gets the highest sequence number after which a subscription could resume when this exception was created.</summary>
    public long Latest { get; }
}
