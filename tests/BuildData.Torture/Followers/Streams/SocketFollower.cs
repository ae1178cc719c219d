using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using BuildData.Torture.Running;

namespace BuildData.Torture.Followers.Streams;

/// <summary>Subscribes over a WebSocket, reads at times slowly, leaves, and connects again.</summary>
/// <param name="run">The run, for its figures.</param>
/// <param name="random">The random numbers.</param>
internal sealed class SocketFollower(CheckRun run, Random random) : IFollower
{
    private const int MostMessagesBeforeItLeaves = 80;
    private const int MostCallsItWaits = 60;

    private static readonly string[] Known =
    [
        "builds/*/*", "builds/*/finished", "builds/*/properties/*", "builds/*/steps/*/*", "builders/*/builds/*/*", "buildrequests/*/*", "buildsets/*/new", "steps/*/*", "steps/*/finished",
        "steps/7/*", "logs/*/append", "steps/*/logs/*/*", "workers/*/*", "builders/*/*", "*/*/new", "*/*/*", "workers/*/builds/*/*",
    ];

    private readonly List<SocketMessages> _received = [];
    private string[] _patterns = [];

    public string Describe() => $"The WebSocket of {string.Join(" and ", _patterns)}: {_received.LastOrDefault()}";

    public async Task Follow(Sitting sitting)
    {
        _patterns = [.. random.GetItems(Known, random.Next(1, 5)).Distinct(), "buildsets/*/complete"];
        _received.Clear();
        while (!sitting.IsClosing)
        {
            try
            {
                if (await FollowOnce(sitting) == FollowEnd.Arrived)
                {
                    Compare(await sitting.Quiet);
                    return;
                }
            }
            catch (Exception error) when (error is WebSocketException or HttpRequestException or IOException)
            {
                if (!sitting.IsClosing)
                    throw sitting.Unexpected(Describe(), error);
            }
        }
    }

    private async Task<FollowEnd> FollowOnce(Sitting sitting)
    {
        using var socket = new ClientWebSocket();
        using var handler = new SocketsHttpHandler { ConnectCallback = FollowersHost.Connect };
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        await socket.ConnectAsync(new Uri($"ws://{sitting.Address.Authority}{FollowersHost.Api}/ws"), invoker, CancellationToken.None);
        run.Count("sockets opened");
        EventHub events = sitting.Masters[0].Data.Events;
        var messages = new SocketMessages(_patterns);
        _received.Add(messages);
        int left = _patterns.Length;
        for (int i = 0; i < _patterns.Length; i++)
            await socket.SendAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { cmd = "startConsuming", path = _patterns[i], _id = i })), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        FollowEnd end = await FollowLoop.Read(
            ReadMessages(socket), sitting, random.Next(3) == 0 ? random.Next(1, MostMessagesBeforeItLeaves) : int.MaxValue,
            async message =>
            {
                if (message.TryGetProperty("_id", out _))
                {
                    if (--left == 0)
                        messages.LatestStart = events.LastSequence;
                    return;
                }

                messages.Add(message.GetProperty("k").GetString()!, message.GetProperty("m"));
                run.Count("messages that sockets received");
                if (random.Next(60) == 0)
                    await sitting.Progress.After(random.Next(1, MostCallsItWaits));
            },
            quiet => ValueTask.FromResult(left == 0 && messages.HasArrived(quiet)));
        if (end == FollowEnd.StreamEnded && !sitting.IsClosing && socket.CloseStatus is not WebSocketCloseStatus.PolicyViolation)
            throw new ViolationException($"{Describe()} was closed with {socket.CloseStatus} '{socket.CloseStatusDescription}', though its program does not stop.");
        run.Count($"sockets that {(end == FollowEnd.Left ? "left" : end == FollowEnd.Arrived ? "arrived" : sitting.IsClosing ? "ended with the program" : "were closed because they lagged")}");
        if (socket.State == WebSocketState.CloseReceived || (end != FollowEnd.StreamEnded && random.Next(2) == 0 && socket.State == WebSocketState.Open))
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        return end;
    }

    private static async IAsyncEnumerable<JsonElement> ReadMessages(ClientWebSocket socket, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        byte[] buffer = new byte[256 * 1024];
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
                yield break;
            length += received.Count;
            if (!received.EndOfMessage)
                continue;
            yield return JsonElement.Parse(buffer.AsSpan(0, length));
            length = 0;
        }
    }

    private void Compare(QuietState quiet)
    {
        foreach (SocketMessages messages in _received)
        {
            if (messages.FindDifference(quiet.Events) is { } difference)
                throw new ViolationException($"The WebSocket of {string.Join(" and ", _patterns)} has not received what was committed. {difference}");
        }
    }
}
