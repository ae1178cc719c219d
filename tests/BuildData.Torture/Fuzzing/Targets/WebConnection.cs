using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>Sends a request, and reads the answer.</summary>
internal static class WebConnection
{
    private const int MaxLength = 64 * 1024;

    /// <summary>Sends a request.</summary>
    /// <returns>The answer until the server ends it; of a stream, at least its head.</returns>
    public static async Task<byte[]> Send(string socketFile, WebRequest request)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketFile));
        var answer = new List<byte>();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            await socket.SendAsync(request.Head);
            if (request.Body.Length > 0)
                await socket.SendAsync(request.Body);
            if (request.EndsAtOnce)
                socket.Shutdown(SocketShutdown.Send);
            for (int length; answer.Count < MaxLength && !IsStream(answer) && (length = await socket.ReceiveAsync(buffer)) > 0;)
                answer.AddRange(buffer.AsSpan(0, length));
        }
        catch (SocketException)
        {
            // The server has refused the rest of the request.
        }

        return [.. answer];
    }

    // A stream of events has no end, and a resumed one has no event before the next change.
    private static bool IsStream(List<byte> answer)
    {
        ReadOnlySpan<byte> bytes = CollectionsMarshal.AsSpan(answer);
        int end = bytes.IndexOf("\r\n\r\n"u8);
        return end >= 0 && bytes[..end].IndexOf("text/event-stream"u8) >= 0;
    }
}
