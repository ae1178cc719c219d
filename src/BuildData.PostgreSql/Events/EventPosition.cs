namespace BuildData.PostgreSql.Events;

/// <summary>Where an event is. A number can be given out again by a database that has lost commits; with the time it is another event's.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="At">The time of its transaction, in microseconds since 1970; null if it is not known.</param>
internal sealed record EventPosition(long Sequence, long? At)
{
    /// <summary>Whether it may be the event that has this time.</summary>
    public bool MayBeAt(long? at) => At is null || at is null || At == at;

    /// <summary>The event as a subscription resumes from it.</summary>
    public EventCursor Cursor => new(Sequence, At is { } at ? DateTimeOffset.UnixEpoch.AddTicks(at * TimeSpan.TicksPerMicrosecond) : null);
}
