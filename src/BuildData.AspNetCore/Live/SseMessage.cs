using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using BuildData.AspNetCore.Answers;

namespace BuildData.AspNetCore.Live;

/// <summary>Makes the events of a stream.</summary>
internal static class SseMessage
{
    public static SseItem<byte[]> Reset() => new("{}"u8.ToArray(), "reset");

    /// <summary>Makes the event with the resources that a path returns now.</summary>
    /// <param name="path">The path as the client has sent it.</param>
    /// <param name="result">The result.</param>
    /// <param name="sequence">The sequence number of the state; null if the states of other paths follow.</param>
    public static SseItem<byte[]> State(string path, DataResult result, long? sequence) => Item("state", sequence, writer =>
    {
        writer.WriteString("path", path);
        writer.WriteString("resource", result.ResourceName);
        writer.WritePropertyName("items");
        if (result.Value is null)
        {
            writer.WriteStartArray();
            writer.WriteEndArray();
            return;
        }

        if (!result.IsCollection)
            writer.WriteStartArray();
        result.WriteTo(writer);
        if (!result.IsCollection)
            writer.WriteEndArray();
    });

    public static SseItem<byte[]> Change(string path, CombinedWatchChange change) => Item("change", change.IsLastOfEvent ? change.Sequence : null, writer =>
    {
        WriteHead(writer, [path], Kind(change.Kind), change.EventName);
        change.WriteTo(writer);
    });

    /// <summary>Makes the event of a resumed stream.</summary>
    /// <param name="paths">The paths that the event belongs to, as the client has sent them.</param>
    /// <param name="e">The event.</param>
    public static SseItem<byte[]> Change(string[] paths, DataEvent e) => Item("change", e.Sequence, writer =>
    {
        WriteHead(writer, paths, e.Name switch { "new" => "added", "removed" => "removed", _ => "updated" }, e.Name);
        e.WriteTo(writer);
    });

    private static void WriteHead(Utf8JsonWriter writer, IEnumerable<string> paths, string kind, string eventName)
    {
        writer.WriteStartArray("paths");
        foreach (string path in paths)
            writer.WriteStringValue(path);
        writer.WriteEndArray();
        writer.WriteString("kind", kind);
        writer.WriteString("event", eventName);
        writer.WritePropertyName("item");
    }

    private static string Kind(WatchChangeKind kind) => kind switch
    {
        WatchChangeKind.Added => "added",
        WatchChangeKind.Removed => "removed",
        _ => "updated",
    };

    private static SseItem<byte[]> Item(string type, long? sequence, Action<Utf8JsonWriter> write) =>
        new(ApiJson.CreateObject(write), type) { EventId = sequence?.ToString(CultureInfo.InvariantCulture) };
}
