using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace BuildData.TestSupport;

/// <summary>A client's connection to a proxy, and the proxy's to the server for it.</summary>
internal sealed class ProxyLink(PostgreSqlProxy proxy, Socket client)
{
    private const int ChunkLength = 16_384;

    private readonly Lock _lock = new();
    private readonly FrontendMessages _messages = new();
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private volatile bool _isHalfOpen;

    /// <summary>Whether the client has sent a statement as text that matches a pattern.</summary>
    public bool HasSent(string pattern)
    {
        lock (_lock)
            return _messages.Statements.Any(statement => Regex.IsMatch(statement, pattern));
    }

    /// <summary>Drops from now on whatever either side sends. Both believe that the connection is there.</summary>
    public void HalfOpen() => _isHalfOpen = true;

    /// <summary>Resets both connections.</summary>
    public void Reset()
    {
        Reset(client);
        Reset(_server);
    }

    /// <summary>Connects to a server and carries bytes both ways until both sides have closed, or one has failed.</summary>
    public async Task Run(EndPoint server)
    {
        if (!_isHalfOpen && !await TryConnect(server))
        {
            Reset();
            return;
        }

        await Task.WhenAll(
            Carry(client, _server, () => proxy.DelayToServer, isToServer: true),
            Carry(_server, client, () => proxy.DelayToClient, isToServer: false));
        Reset();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }
        catch (Exception error) when (IsEnd(error))
        {
            // It has been closed before.
        }
    }

    private static bool IsEnd(Exception error) => error is SocketException or ObjectDisposedException;

    private async Task<bool> TryConnect(EndPoint server)
    {
        try
        {
            client.NoDelay = true;
            await _server.ConnectAsync(server);
            return true;
        }
        catch (Exception error) when (IsEnd(error))
        {
            return false;
        }
    }

    private async Task Carry(Socket from, Socket to, Func<TimeSpan> delay, bool isToServer)
    {
        // Bytes that are delayed do not hold up those behind them.
        var underWay = Channel.CreateUnbounded<(ReadOnlyMemory<byte> Bytes, long Received, TimeSpan Delay)>();
        Task sending = EndTogether(SendAll);
        await EndTogether(ReceiveAll);
        underWay.Writer.Complete();
        await sending;

        async Task ReceiveAll()
        {
            int length;
            do
            {
                byte[] chunk = new byte[ChunkLength];
                length = await from.ReceiveAsync(chunk);
                underWay.Writer.TryWrite((chunk.AsMemory(0, length), Stopwatch.GetTimestamp(), delay()));
            }
            while (length > 0);
        }

        async Task SendAll()
        {
            await foreach ((ReadOnlyMemory<byte> bytes, long received, TimeSpan wait) in underWay.Reader.ReadAllAsync())
            {
                // A timer may be early by a part of a millisecond.
                while (wait - Stopwatch.GetElapsedTime(received) is var rest && rest > TimeSpan.Zero)
                    await Task.Delay(rest + TimeSpan.FromMilliseconds(1));
                await proxy.Passes;
                if (_isHalfOpen)
                    continue;
                if (bytes.Length == 0)
                    to.Shutdown(SocketShutdown.Send);
                else if (isToServer)
                    await SendToServer(bytes);
                else
                    await Send(to, bytes);
            }
        }
    }

    private async Task SendToServer(ReadOnlyMemory<byte> bytes)
    {
        MessageCut? cut = proxy.Cut;
        int passed = Count(bytes.Span, cut, out bool isCut);
        await Send(_server, bytes[..passed]);
        if (isCut)
            cut!.Finish();
    }

    /// <summary>Counts messages, and returns how many of the bytes are to be sent.</summary>
    private int Count(ReadOnlySpan<byte> bytes, MessageCut? cut, out bool isCut)
    {
        lock (_lock)
        {
            isCut = false;
            int read = 0;
            while (read < bytes.Length && !isCut)
            {
                read += _messages.Read(bytes[read..], out char? type);
                isCut = type is { } complete && cut?.Count(this, complete) == true;
            }

            return read;
        }
    }

    private static async Task Send(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await to.SendAsync(bytes)..];
    }

    /// <summary>Runs something that ends when a connection does. The other connection then ends as well, unless nobody is to notice.</summary>
    private async Task EndTogether(Func<Task> carry)
    {
        try
        {
            await carry();
        }
        catch (Exception error) when (IsEnd(error))
        {
            if (!_isHalfOpen)
                Reset();
        }
    }
}
