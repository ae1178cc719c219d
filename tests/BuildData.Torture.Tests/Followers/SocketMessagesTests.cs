using System.Text.Json;
using BuildData.Stores;
using BuildData.Torture.Followers;
using BuildData.Torture.Followers.Streams;

namespace BuildData.Torture.Tests.Followers;

/// <summary>The comparison of what a WebSocket has received with what was committed.</summary>
internal sealed class SocketMessagesTests
{
    private static readonly RecordedEvent[] Events = [.. Enumerable.Range(1, 4).Select(Connected)];

    [TestCase("1 2 3 4", true)]
    [TestCase("2 3 4", true)]
    [TestCase("3 4", true)]
    [TestCase("1 3", true)]
    [TestCase("4", false)]
    [TestCase("1 2 4", false)]
    [TestCase("3 3 4", false)]
    [TestCase("4 3", false)]
    [TestCase("2 1 3 4", false)]
    [TestCase("3 4 5", false)]
    public void FindDifference_TwoEarlyEvents_AllLaterOnesMustFollow(string received, bool isRight)
    {
        var messages = new SocketMessages(["workers/*/*"]) { LatestStart = 2 };
        foreach (int number in received.Split(' ').Select(int.Parse))
            messages.Add($"workers/{number}/connected", Resource(Connected(number)));

        string? difference = messages.FindDifference(Events);

        (difference is null).Should().Be(isRight, difference);
    }

    private static RecordedEvent Connected(int number) => new(new StoredEvent
    {
        Sequence = number,
        Kind = "worker",
        Name = "connected",
        ResourceId = number,
        Resource = $$"""{"workerid":{{number}},"name":"w{{number}}","connected_to":[],"configured_on":[],"workerinfo":{} }""",
    });

    private static JsonElement Resource(RecordedEvent e)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
            e.WithProperties.WriteTo(writer);
        return JsonElement.Parse(json.ToArray());
    }
}
