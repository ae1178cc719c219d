namespace BuildData.Torture.Followers;

/// <summary>
/// What a subscription has received since it began, with all that it was resumed. Nothing between its beginning and its last event may be
/// missing.
/// </summary>
/// <param name="plan">What it asks for.</param>
/// <param name="after">The last event before the subscription was begun or resumed.</param>
/// <param name="latestStart">
/// A number at or before which the subscription surely began. It may have received some of the events up to this one, but need not have.
/// </param>
internal sealed class ReceivedSegment(SubscriptionPlan plan, EventCursor after, long latestStart)
{
    private readonly List<ReceivedEvent> _received = [];

    /// <summary>Gets where a subscription resumes.</summary>
    public EventCursor Cursor => _received.Count == 0 ? after : _received[^1].Cursor;

    public int Count => _received.Count;

    public void Add(ReceivedEvent e) => _received.Add(e);

    /// <summary>Returns whether the last event has arrived that must.</summary>
    public bool HasArrived(IReadOnlyList<RecordedEvent> events) =>
        (events.LastOrDefault(plan.Matches)?.Sequence ?? 0) <= Math.Max(Cursor.Sequence, latestStart);

    /// <summary>Returns how what was received differs from what was committed; null if it does not.</summary>
    /// <param name="events">The events that were committed.</param>
    public string? FindDifference(IReadOnlyList<RecordedEvent> events)
    {
        if (_received.Count == 0)
            return null;
        ReceivedEvent[] expected = [.. events.Where(e => e.Sequence > after.Sequence && e.Sequence <= _received[^1].Sequence && plan.Matches(e)).Select(plan.Expect)];
        ReceivedEvent[] early = [.. _received.TakeWhile(e => e.Sequence <= latestStart)];
        ReceivedEvent[] mayArrive = [.. expected.TakeWhile(e => e.Sequence <= latestStart)];
        if (!mayArrive.Where(early.Contains).SequenceEqual(early))
            return $"Before {latestStart}, it received {string.Join(", ", early.AsEnumerable())}, and not a part of {string.Join(", ", mayArrive.AsEnumerable())}, in this order.";

        expected = expected[mayArrive.Length..];
        ReceivedEvent[] received = [.. _received.Skip(early.Length)];
        for (int i = 0; i < Math.Max(expected.Length, received.Length); i++)
        {
            (ReceivedEvent? wanted, ReceivedEvent? got) = (expected.ElementAtOrDefault(i), received.ElementAtOrDefault(i));
            if (wanted != got)
                return $"Event {i} after {Math.Max(after.Sequence, latestStart)} is {got}, and not {wanted}.";
        }

        return null;
    }

    public override string ToString() => $"{_received.Count} events after {after}, the last of which is {_received.LastOrDefault()}";
}
