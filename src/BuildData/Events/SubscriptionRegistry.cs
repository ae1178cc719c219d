using BuildData.Definitions;

namespace BuildData.Events;

/// <summary>
/// Holds the buffers of all attached subscriptions. Writes each event to the buffers of the subscriptions that must receive the event. Not
/// thread-safe: <see cref="EventDispatcher"/> holds its lock when it uses this class.
/// </summary>
internal sealed class SubscriptionRegistry
{
    private readonly SubscriptionPatternTree _tree = new();
    private readonly HashSet<SubscriptionBuffer> _buffers = [];
    private readonly List<SubscriptionBuffer> _matches = [];
    private int _selectingProperties;

    /// <summary>Gets the number of subscriptions.</summary>
    public int Count => _buffers.Count;

    /// <summary>Gets whether there are no subscriptions.</summary>
    public bool IsEmpty => _buffers.Count == 0;

    /// <summary>Gets whether any subscription selects properties.</summary>
    public bool SelectsProperties => _selectingProperties > 0;

    /// <summary>Gets the largest number of events that wait in one buffer.</summary>
    public int LargestBacklog => IsEmpty ? 0 : _buffers.Max(static buffer => buffer.Count);

    /// <summary>Adds the buffer of a subscription.</summary>
    public void Add(SubscriptionBuffer buffer)
    {
        _tree.Add(buffer);
        _buffers.Add(buffer);
        if (buffer.Filter.SelectsProperties)
            _selectingProperties++;
    }

    /// <summary>Removes the buffer of a subscription. Does nothing if the registry does not contain the buffer.</summary>
    public void Remove(SubscriptionBuffer buffer)
    {
        if (!_buffers.Remove(buffer))
            return;

        _tree.Remove(buffer);
        if (buffer.Filter.SelectsProperties)
            _selectingProperties--;
    }

    /// <summary>Removes all buffers, and returns them.</summary>
    public SubscriptionBuffer[] RemoveAll()
    {
        SubscriptionBuffer[] all = [.. _buffers];
        foreach (SubscriptionBuffer buffer in all)
            Remove(buffer);
        return all;
    }

    /// <summary>
    /// Writes an event to the buffers of all subscriptions that must receive the event. If a buffer is full, ends the subscription and
    /// removes the buffer.
    /// </summary>
    /// <param name="pending">The event.</param>
    /// <param name="cursor">The cursor of the event.</param>
    /// <param name="batch">The number of the running batch. A batch is a group of updates in one transaction.</param>
    public void Deliver(in UnnumberedEvent pending, EventCursor cursor, long batch)
    {
        foreach (EventPath path in pending.Type.EventPaths(pending.Resource, pending.Id))
            _tree.AddMatches(path, _matches);

        try
        {
            // All subscriptions that select no properties receive the same object.
            DataEvent? shared = null;
            bool isPublic = pending.IsPublic;
            foreach (SubscriptionBuffer buffer in _matches)
            {
                // The search finds a buffer once for each pattern and path that match. Accepts returns false after the first time.
                SubscriptionFilter filter = buffer.Filter;
                if (!buffer.Accepts(cursor.Sequence, batch) || !filter.Accepts(pending.Type, pending.Name, isPublic))
                    continue;

                DataEvent e = filter.SelectsProperties && pending.Properties is not null
                    ? pending.ToDataEvent(cursor, filter)
                    : shared ??= pending.ToDataEvent(cursor);
                if (!buffer.TryWriteOrEnd(e))
                    Remove(buffer);
            }
        }
        finally
        {
            _matches.Clear();
        }
    }
}
