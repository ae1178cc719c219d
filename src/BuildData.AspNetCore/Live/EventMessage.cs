using System.Text.Json;
using BuildData.AspNetCore.Answers;

namespace BuildData.AspNetCore.Live;

/// <summary>Makes the messages of events: <c>{"k":"builds/12/finished","m":{…}}</c>.</summary>
internal static class EventMessage
{
    /// <summary>Writes the resource of an event as JSON.</summary>
    public static void WriteResource(PooledBuffer buffer, DataEvent e)
    {
        using var writer = new Utf8JsonWriter(buffer, ApiJson.Options);
        e.WriteTo(writer);
    }

    /// <summary>Writes a message as a frame of a WebSocket.</summary>
    /// <param name="frame">Receives the frame. Its content is replaced.</param>
    /// <param name="path">A path of the event.</param>
    /// <param name="name">The name of the event.</param>
    /// <param name="resource">The JSON of the resource.</param>
    public static void WriteFrame(PooledBuffer frame, string path, string name, ReadOnlySpan<byte> resource)
    {
        JsonEncodedText key = JsonEncodedText.Encode($"{path.AsSpan(1)}/{name}", ApiJson.Options.Encoder);
        ReadOnlySpan<byte> before = "{\"k\":\""u8;
        ReadOnlySpan<byte> between = "\",\"m\":"u8;
        int length = before.Length + key.EncodedUtf8Bytes.Length + between.Length + resource.Length + 1;

        frame.Clear();
        Span<byte> rest = frame.GetSpan(WebSocketFrame.LongestHeader + length);
        int header = WebSocketFrame.WriteHeader(rest, length);
        rest = rest[header..];
        before.CopyTo(rest);
        rest = rest[before.Length..];
        key.EncodedUtf8Bytes.CopyTo(rest);
        rest = rest[key.EncodedUtf8Bytes.Length..];
        between.CopyTo(rest);
        rest = rest[between.Length..];
        resource.CopyTo(rest);
        rest[resource.Length] = (byte)'}';
        frame.Advance(header + length);
    }
}
