using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using BuildData.AspNetCore.Answers;

namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>
/// Holds what a page shows at one moment: a set of parts, such as one running build. A part has a key and a JSON object. Immutable.
/// </summary>
/// <remarks>A part that has not changed is the same array as in the state before. So two states are compared quickly.</remarks>
internal sealed class PageState
{
    private readonly IReadOnlyDictionary<string, byte[]> _parts;
    private readonly int _version;
    private readonly byte[]? _changes;
    private byte[]? _whole;

    /// <summary>Creates a state that follows another one.</summary>
    /// <param name="parts">The JSON of each part.</param>
    /// <param name="previous">The state that viewers have seen before; null if this is the first one.</param>
    public PageState(IReadOnlyDictionary<string, byte[]> parts, PageState? previous)
    {
        _parts = parts;
        if (previous is null)
            return;
        _version = previous._version + 1;

        // Nearly all viewers have the previous state. They all receive these bytes.
        _changes = WriteChanges(previous);
    }

    /// <summary>Gets whether this state differs from the state that it follows.</summary>
    public bool HasChanged => _changes is not { Length: 0 };

    public bool TryFind(string key, [MaybeNullWhen(false)] out byte[] json) => _parts.TryGetValue(key, out json);

    /// <summary>Returns the message for a viewer that knows nothing: <c>{"now":…,"parts":{…}}</c>.</summary>
    public byte[] ToMessage(DateTimeOffset now) => AddTime(now, _whole ??= WriteWhole());

    /// <summary>Returns the message for a viewer that knows another state: <c>{"now":…,"set":{…},"remove":[…]}</c>.</summary>
    public byte[] ToMessage(DateTimeOffset now, PageState known) =>
        AddTime(now, _changes is not null && known._version == _version - 1 ? _changes : WriteChanges(known));

    private static byte[] AddTime(DateTimeOffset now, byte[] members)
    {
        var text = new ArrayBufferWriter<byte>(members.Length + 40);
        using (var json = new Utf8JsonWriter(text, ApiJson.Options))
        {
            json.WriteStartObject();
            json.WriteTime("now", now);
        }

        if (members.Length > 0)
            text.Write(","u8);
        text.Write(members);
        text.Write("}"u8);
        return text.WrittenSpan.ToArray();
    }

    private byte[] WriteWhole()
    {
        var text = new ArrayBufferWriter<byte>();
        text.Write("\"parts\":"u8);
        WriteParts(text, _parts);
        return text.WrittenSpan.ToArray();
    }

    private byte[] WriteChanges(PageState known)
    {
        KeyValuePair<string, byte[]>[] changed =
            [.. _parts.Where(part => !known._parts.TryGetValue(part.Key, out byte[]? json) || !(ReferenceEquals(json, part.Value) || json.AsSpan().SequenceEqual(part.Value)))];
        string[] removed = [.. known._parts.Keys.Where(key => !_parts.ContainsKey(key))];
        if (changed.Length == 0 && removed.Length == 0)
            return [];

        var text = new ArrayBufferWriter<byte>();
        text.Write("\"set\":"u8);
        WriteParts(text, changed);
        text.Write(",\"remove\":"u8);
        using (var json = new Utf8JsonWriter(text, ApiJson.Options))
        {
            json.WriteStartArray();
            foreach (string key in removed)
                json.WriteStringValue(key);
            json.WriteEndArray();
        }

        return text.WrittenSpan.ToArray();
    }

    private static void WriteParts(ArrayBufferWriter<byte> text, IEnumerable<KeyValuePair<string, byte[]>> parts)
    {
        using var json = new Utf8JsonWriter(text, ApiJson.Options);
        json.WriteStartObject();
        foreach ((string key, byte[] value) in parts)
        {
            json.WritePropertyName(key);
            json.WriteRawValue(value, skipInputValidation: true);
        }

        json.WriteEndObject();
    }
}
