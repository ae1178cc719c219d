using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace BuildData.AspNetCore.Tests;

/// <summary>A WebSocket that speaks the protocol of the interface as a client does.</summary>
internal sealed class WebSocketClient(ClientWebSocket socket) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[1024 * 1024];
    private readonly Queue<JsonElement> _events = [];
    private int _id;

    public ClientWebSocket Socket => socket;

    public Task SendText(string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>Sends a command, and returns its answer. Events that arrive before it are kept.</summary>
    public async Task<JsonElement> Command(string command, string? path = null)
    {
        int id = ++_id;
        await SendText(JsonSerializer.Serialize(new { cmd = command, path, _id = id }));
        while (true)
        {
            JsonElement message = await ReceiveMessage() ?? throw new InvalidOperationException("The socket was closed.");
            if (message.TryGetProperty("_id", out JsonElement answered) && answered.GetInt32() == id)
                return message;
            _events.Enqueue(message);
        }
    }

    /// <summary>Subscribes to paths.</summary>
    public async Task Consume(params string[] paths)
    {
        foreach (string path in paths)
            (await Command("startConsuming", path)).GetProperty("code").GetInt32().Should().Be(200);
    }

    /// <summary>Returns the key and the resource of the next event.</summary>
    public async Task<(string Key, JsonElement Resource)> Next()
    {
        JsonElement message = _events.Count > 0 ? _events.Dequeue() : await ReceiveMessage() ?? throw new InvalidOperationException("The socket was closed.");
        return (message.GetProperty("k").GetString()!, message.GetProperty("m"));
    }

    /// <summary>Returns the next message; null if the server has closed the socket.</summary>
    public async Task<JsonElement?> ReceiveMessage()
    {
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(new ArraySegment<byte>(_buffer, length, _buffer.Length - length), CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            length += received.Count;
            if (received.EndOfMessage)
                return JsonDocument.Parse(_buffer.AsMemory(0, length).ToArray()).RootElement;
        }
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
