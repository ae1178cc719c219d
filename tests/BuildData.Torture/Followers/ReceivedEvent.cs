namespace BuildData.Torture.Followers;

/// <summary>An event that a subscription has received, or must receive.</summary>
internal sealed record ReceivedEvent(EventCursor Cursor, string Path, string Name, object Resource)
{
    public long Sequence => Cursor.Sequence;

    public static ReceivedEvent Of(DataEvent e) => new(e.Cursor, e.Path, e.Name, e.Resource);
}
