namespace BuildData.PostgreSql.Events;

/// <summary>
/// Represents the position of an event. A database that has lost commits reuses sequence numbers. The time tells the events with
/// the same number apart.
/// </summary>
/// <param name="Sequence">The sequence number of the event; 0 for the position before all events.</param>
/// <param name="At">The time of the event's transaction, in microseconds since 1970; null if it is not known.</param>
internal sealed record EventPosition(long Sequence, long? At)
{
    /// <summary>Returns whether the event may have a time. If the event's own time is not known, it may have any.</summary>
    public bool MayHaveTime(long? at) => At is null || at is null || At == at;

    /// <summary>Gets the cursor with which a subscription resumes after the event.</summary>
    public EventCursor Cursor => new(Sequence, At is { } at ? DateTimeOffset.UnixEpoch.AddTicks(at * TimeSpan.TicksPerMicrosecond) : null);
}
