namespace BuildData.PostgreSql.Events;

/// <summary>Identifies an event by its sequence number and its time.</summary>
/// <remarks>
/// A database that has lost commits assigns the sequence numbers of the lost events again. Then two events have the same
/// sequence number, but different times.
/// </remarks>
/// <param name="Sequence">The sequence number of the event; 0 for the position before all events.</param>
/// <param name="At">The time of the event's transaction, in microseconds since 1970; null if the time is not known.</param>
internal sealed record EventIdentity(long Sequence, long? At)
{
    /// <summary>Returns true if the event has the given time, or if one of the two times is not known.</summary>
    public bool HasSameOrUnknownTime(long? at) => At is null || at is null || At == at;

    /// <summary>Gets the cursor with which a subscription resumes after this event.</summary>
    public EventCursor Cursor => new(Sequence, At is { } at ? DateTimeOffset.UnixEpoch.AddTicks(at * TimeSpan.TicksPerMicrosecond) : null);
}
