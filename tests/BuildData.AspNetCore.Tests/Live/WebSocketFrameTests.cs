using System.Net.WebSockets;
using BuildData.AspNetCore.Live;

namespace BuildData.AspNetCore.Tests;

/// <summary>The header that the package itself writes, read by the framework.</summary>
internal sealed class WebSocketFrameTests
{
    [TestCase(0)]
    [TestCase(125)]
    [TestCase(126)]
    [TestCase(65_535)]
    [TestCase(65_536)]
    [TestCase(1_000_000)]
    public async Task WriteHeader_OfAnyLength_IsOneTextMessage(int length)
    {
        byte[] header = new byte[WebSocketFrame.LongestHeader];
        int headerLength = WebSocketFrame.WriteHeader(header, length);
        using var stream = new MemoryStream([.. header.AsSpan(0, headerLength), .. new byte[length]]);
        using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = false });

        int read = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(new byte[length + 1].AsMemory(), CancellationToken.None);
            read += result.Count;
        }
        while (!result.EndOfMessage);

        (result.MessageType, read, stream.Position).Should().Be((WebSocketMessageType.Text, length, stream.Length));
    }
}
