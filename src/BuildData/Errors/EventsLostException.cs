namespace BuildData;

/// <summary>The exception that ends a subscription or a watch because the store has lost events.</summary>
/// <remarks>
/// <para>There are three possible causes:</para>
/// <list type="bullet">
/// <item>The store was restored from a backup.</item>
/// <item>A replica server that lacks the last commits has replaced the primary server.</item>
/// <item>Another process has written the file of the store.</item>
/// </list>
/// <para>A cursor has the sequence number and the time of an event. This exception also ends a subscription that resumes from a cursor
/// whose event no longer exists.</para>
/// <para>Read the current state again. A subscription that resumes from <see cref="Cursor"/> could miss changes.</para>
/// </remarks>
public sealed class EventsLostException : BuildDataException
{
    internal EventsLostException(EventCursor cursor)
        : base($"The store has lost events, perhaps also delivered ones. The cursor of the last delivered event is {cursor}. Read the current state again.")
    {
        Cursor = cursor;
    }

    /// <summary>Gets the cursor of the last event that was delivered, or the cursor from which the subscription could not resume.</summary>
    public EventCursor Cursor { get; }

    /// <summary>Gets the sequence number in <see cref="Cursor"/>.</summary>
    public long LastSequence => Cursor.Sequence;
}
