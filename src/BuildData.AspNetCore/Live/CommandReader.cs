using System.Net.WebSockets;
using System.Text.Json;
using BuildData.AspNetCore.Answers;

namespace BuildData.AspNetCore.Live;

/// <summary>Reads the commands of a client, and answers them: <c>startConsuming</c>, <c>stopConsuming</c> and <c>ping</c>.</summary>
/// <remarks>
/// A command is a JSON object: <c>{"cmd":"startConsuming","path":"builds/*/*","_id":1}</c>. Every path is acknowledged, also one on which nothing is ever
/// announced, because clients wait for each acknowledgement before they read.
/// </remarks>
internal sealed class CommandReader(WebSocket connection, EventSocket socket, EventPump pump)
{
    private const int LongestCommand = 16 * 1024;

    private readonly byte[] _buffer = new byte[LongestCommand];

    /// <summary>Reads commands until the client closes the socket or vanishes.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadCommand(cancellationToken).ConfigureAwait(false) is { } command)
            {
                using PooledBuffer answer = new();
                Answer(command, answer);
                await connection.SendAsync(answer.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (WebSocketException)
        {
            // The client has vanished.
        }
        catch (IOException)
        {
            // The connection has failed.
        }
    }

    /// <summary>
    /// Reads the next command; returns null when the client has closed the socket. After a message that is no command, the server closes the socket, and
    /// what the client still sends is ignored.
    /// </summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReadCommand(CancellationToken cancellationToken)
    {
        int length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult received = await connection.ReceiveAsync(_buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                if (connection.State == WebSocketState.CloseReceived)
                    await connection.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken).ConfigureAwait(false);
                return null;
            }

            if (socket.Closing.IsCompleted)
                continue;

            length += received.Count;
            if (received.MessageType == WebSocketMessageType.Binary)
                socket.Close(WebSocketCloseStatus.InvalidMessageType, "A command is a text.");
            else if (received.EndOfMessage)
                return _buffer.AsMemory(0, length);
            else if (length == _buffer.Length)
                socket.Close(WebSocketCloseStatus.MessageTooBig, $"A command has at most {LongestCommand} bytes.");
            if (socket.Closing.IsCompleted)
                length = 0;
        }
    }

    private void Answer(ReadOnlyMemory<byte> command, PooledBuffer answer)
    {
        using var writer = new Utf8JsonWriter(answer, ApiJson.Options);
        writer.WriteStartObject();
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(command);
            JsonElement root = parsed.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                Refuse(writer, "A command is a JSON object.");
            else if (!UnicodeJson.IsValid(root))
                Refuse(writer, "A text of the command is not valid Unicode.");
            else
                Answer(root, writer);
        }
        catch (JsonException)
        {
            Refuse(writer, "The command is not JSON.");
        }

        writer.WriteEndObject();
    }

    private void Answer(JsonElement command, Utf8JsonWriter writer)
    {
        switch (Text(command, "cmd"))
        {
            case "startConsuming" when Text(command, "path") is { } path:
                if (pump.Subscribe(socket, path))
                    Accept(writer, "OK");
                else
                    Refuse(writer, "The socket has too many subscriptions.");
                break;
            case "stopConsuming" when Text(command, "path") is { } path:
                pump.Unsubscribe(socket, path);
                Accept(writer, "OK");
                break;
            case "startConsuming" or "stopConsuming":
                Refuse(writer, "The command has no path.");
                break;
            case "ping":
                Accept(writer, "pong");
                break;
            default:
                Refuse(writer, "There is no such command. The commands are startConsuming, stopConsuming and ping.");
                break;
        }

        if (command.TryGetProperty("_id", out JsonElement id) && id.ValueKind is JsonValueKind.Number or JsonValueKind.String)
        {
            writer.WritePropertyName("_id");
            id.WriteTo(writer);
        }
    }

    private static string? Text(JsonElement command, string name) =>
        command.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static void Accept(Utf8JsonWriter writer, string message)
    {
        writer.WriteString("msg", message);
        writer.WriteNumber("code", 200);
    }

    private static void Refuse(Utf8JsonWriter writer, string error)
    {
        writer.WriteString("error", error);
        writer.WriteNumber("code", 400);
    }
}
