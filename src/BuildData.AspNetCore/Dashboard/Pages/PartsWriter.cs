using System.Buffers;
using System.Text.Json;
using BuildData.AspNetCore.Answers;

namespace BuildData.AspNetCore.Dashboard.Pages;

/// <summary>Collects the parts of a page.</summary>
/// <param name="previous">The state that the page had before; null if there is none.</param>
internal sealed class PartsWriter(PageState? previous) : IDisposable
{
    private readonly Dictionary<string, byte[]> _parts = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _text = new(1024);
    private readonly Utf8JsonWriter _json = new(Stream.Null, ApiJson.Options);

    /// <summary>Adds a part.</summary>
    /// <param name="key">A key that no other part of the page has.</param>
    /// <param name="write">Writes the members of its JSON object.</param>
    public void Add(string key, Action<Utf8JsonWriter> write)
    {
        _text.ResetWrittenCount();
        _json.Reset(_text);
        _json.WriteStartObject();
        write(_json);
        _json.WriteEndObject();
        _json.Flush();
        _parts[key] = previous is not null && previous.TryFind(key, out byte[]? same) && same.AsSpan().SequenceEqual(_text.WrittenSpan)
            ? same
            : _text.WrittenSpan.ToArray();
    }

    /// <summary>Returns the state with all parts.</summary>
    public PageState ToState() => new(_parts, previous);

    public void Dispose() => _json.Dispose();
}
