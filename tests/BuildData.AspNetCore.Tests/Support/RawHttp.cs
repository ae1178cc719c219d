using System.Net.Sockets;
using System.Text;

namespace BuildData.AspNetCore.Tests;

/// <summary>Sends bytes that no well-behaved client sends.</summary>
internal static class RawHttp
{
    /// <summary>Sends a request, and returns all that the server answers before it closes the connection. Empty if it closes without an answer.</summary>
    public static async Task<string> Send(Uri address, string request)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, timeout.Token);
        await using NetworkStream stream = client.GetStream();
        using var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request), timeout.Token);
            byte[] buffer = new byte[64 * 1024];
            int read;
            while (!IsEndless(answer) && (read = await stream.ReadAsync(buffer, timeout.Token)) > 0)
                answer.Write(buffer, 0, read);
        }
        catch (IOException)
        {
            // The server has refused the rest of the request.
        }

        return Encoding.UTF8.GetString(answer.ToArray());
    }

    // A stream of events has no end.
    private static bool IsEndless(MemoryStream answer) => Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length).Contains("Content-Type: text/event-stream", StringComparison.Ordinal);

    /// <summary>Sends a GET request with a target as it is.</summary>
    public static Task<string> Get(Uri address, string target, string headers = "") =>
        Send(address, $"GET {target} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\n{headers}\r\n");
}
