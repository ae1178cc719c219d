namespace BuildData;

/// <summary>The exception that ends a subscription or a watch because the store has lost events.</summary>
/// <remarks>
/// <para>The store was restored from a backup, or a replica without the last commits has taken over, or another process has written the
/// file. A subscription that resumes also ends with this exception if its cursor belongs to another history of the store.</para>
/// <para>Read the current state again. A subscription that resumes from the cursor could miss changes.</para>
/// </remarks>
public sealed class EventsLostException : BuildDataException
{
    internal EventsLostException(EventCursor cursor)
        : base($"The store has lost events, perhaps also delivered ones. The cursor of the last delivered event is {cursor}. Read the current state again.")
    {
        Cursor = cursor;
    }

    /// <summary>Gets the cursor of the last event that was delivered.</summary>
    public EventCursor Cursor { get; }

    /// <summary>Gets the sequence number of the last event that was delivered.</summary>
    public long LastSequence => Cursor.Sequence;
}
