namespace BuildData;

/// <summary>
/// Ends a subscription or a watch because the store has lost events: it was restored from a backup, a server has taken over that
/// did not have the last commits, or another process has written the file. A subscription that resumes gets it where its cursor
/// names an event of another history. Read the state that you follow again; to resume from the cursor could leave changes out.
/// </summary>
public sealed class EventsLostException : BuildDataException
{
    internal EventsLostException(EventCursor cursor)
        : base($"The store has lost events, possibly also events that were delivered, the last of which is {cursor}. Read the state that you follow again.")
    {
        Cursor = cursor;
    }

    /// <summary>Gets the cursor of the last event that was delivered.</summary>
    public EventCursor Cursor { get; }

    /// <summary>Gets the sequence number of the last event that was delivered.</summary>
    public long LastSequence => Cursor.Sequence;
}
