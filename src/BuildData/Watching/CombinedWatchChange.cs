using System.Text.Json;
using BuildData.Queries;

namespace BuildData;

/// <summary>Represents a change of the result of one path of a <see cref="CombinedWatch"/>. Immutable and thread-safe.</summary>
public sealed class CombinedWatchChange
{
    private readonly ResourceWriter _writer;

    internal CombinedWatchChange(int path, WatchChangeKind kind, object resource, string eventName, long sequence, ResourceWriter writer)
    {
        PathIndex = path;
        Kind = kind;
        Resource = resource;
        EventName = eventName;
        Sequence = sequence;
        _writer = writer;
    }

    /// <summary>Gets the index of the path, in the list that was passed to <c>Watch</c>.</summary>
    public int PathIndex { get; }

    /// <summary>Gets whether the resource was added to the result, updated in the result, or removed from the result.</summary>
    public WatchChangeKind Kind { get; }

    /// <summary>Gets the resource with the values that the update has written. See <see cref="WatchChange{T}.Resource"/>.</summary>
    public object Resource { get; }

    /// <summary>Gets the event name, such as <c>new</c>, <c>started</c> or <c>finished</c>.</summary>
    public string EventName { get; }

    /// <summary>Gets the sequence number of the event. One event can change the results of several paths. These changes have the same number.</summary>
    public long Sequence { get; }

    /// <summary>Gets whether this is the last change that its event has caused. After it, a follower has handled the event completely.</summary>
    public bool IsLastOfEvent { get; internal set; }

    /// <summary>
    /// Writes the resource as JSON. Attributes have names such as <c>state_string</c>, and times are whole Unix seconds. If the path selects fields,
    /// the JSON contains only these.
    /// </summary>
    /// <param name="writer">The writer.</param>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _writer.Write(writer, Resource);
    }
}
