namespace BuildData;

/// <summary>
/// Ends a subscription or a watch to a database that several masters share: it has lost the events that were announced last,
/// because it was restored or a server has taken over that had not had them yet, or events were removed before they could be read
/// here. What was followed has to be read anew; to go on from <see cref="LastSequence"/> could leave changes out.
/// </summary>
public sealed class EventsLostException : BuildDataException
{
    internal EventsLostException(long lastSequence)
        : base($"Events were lost, perhaps also some that were delivered, of which the last has the sequence number {lastSequence}. Read anew what you follow.")
    {
        LastSequence = lastSequence;
    }

    /// <summary>The sequence number of the last event that was delivered.</summary>
    public long LastSequence { get; }
}
