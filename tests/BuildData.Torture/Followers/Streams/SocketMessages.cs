using System.Globalization;
using System.Text.Json;

namespace BuildData.Torture.Followers.Streams;

/// <summary>What one WebSocket has received. Its messages have no numbers, so they are compared one after the other.</summary>
/// <param name="patterns">What it has subscribed to.</param>
internal sealed class SocketMessages(string[] patterns)
{
    private const int Shown = 20;

    private readonly List<(string Key, JsonElement Resource)> _received = [];

    /// <summary>Gets or sets a number at or before which all its patterns surely counted.</summary>
    public long LatestStart { get; set; } = long.MaxValue;

    public void Add(string key, JsonElement resource) => _received.Add((key, resource));

    public bool HasArrived(QuietState quiet) =>
        (_received.Count > 0 && _received[^1].Key == $"buildsets/{quiet.MarkerId.ToString(CultureInfo.InvariantCulture)}/complete") || LatestStart >= quiet.Events[^1].Sequence;

    /// <summary>Returns how the messages differ from what was committed; null if they don't.</summary>
    public string? FindDifference(IReadOnlyList<RecordedEvent> events)
    {
        (string Key, RecordedEvent Event)[] expected =
            [.. events.SelectMany(e => e.Event.Paths.Select(path => (Key: $"{path[1..]}/{e.Name}", e))).Where(message => patterns.Any(pattern => PatternMatch.Matches(pattern, message.Key)))];

        // Until all patterns count, any part of their events can arrive, also of earlier ones that were still on the way. After that, all of them do.
        int begun = expected.TakeWhile(message => message.Event.Sequence <= LatestStart).Count();
        string? fault = null;
        for (int early = 0, position = 0; early <= _received.Count; early++)
        {
            fault = FindDifference(expected.AsSpan(begun), early);
            if (fault is null)
                return null;
            if (early == _received.Count)
                break;
            while (position < begun && expected[position].Key != _received[early].Key)
                position++;
            if (position++ >= begun)
                break;
        }

        return $"{fault}\nAll patterns counted at {LatestStart} at the latest. The events around that:\n{Around(expected, begun)}\nThe first messages:\n{string.Join('\n', _received.Take(Shown).Select(message => message.Key))}";
    }

    public override string ToString() => $"{_received.Count} messages, the last of which is {_received.LastOrDefault().Key}";

    private static string Around((string Key, RecordedEvent Event)[] expected, int begun) =>
        string.Join('\n', expected.Skip(begun - Shown).Take(2 * Shown).Select(message => $"{message.Event.Sequence} {message.Key}"));

    private string? FindDifference(ReadOnlySpan<(string Key, RecordedEvent Event)> expected, int first)
    {
        for (int i = first; i < _received.Count; i++)
        {
            int position = i - first;
            if (position >= expected.Length)
                return $"Message {i} is {_received[i].Key}, but no more events were committed.";
            (string key, RecordedEvent e) = expected[position];
            if (key != _received[i].Key || !JsonElement.DeepEquals(ResourceOf(e), _received[i].Resource))
                return $"Message {i} is {_received[i]}, and not {key} of the event {e.Sequence}: {ResourceOf(e)}.";
        }

        return null;
    }

    private static JsonElement ResourceOf(RecordedEvent e)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
            e.WithProperties.WriteTo(writer);
        return JsonElement.Parse(json.ToArray());
    }
}
