using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Npgsql;

namespace BuildData.Benchmarks;

/// <summary>
/// Stands for a network: passes on what clients and a server send each other, half of a round trip's delay after it came. All
/// chunks wait equally long, so one queue holds them in the order in which they are due, and one thread waits for the first.
/// </summary>
internal sealed class DelayProxy : IAsyncDisposable
{
    private readonly BlockingCollection<(long Due, byte[] Chunk, ChannelWriter<byte[]> To)> _onTheWay = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly EndPoint _server;
    private readonly long _oneWay;
    private readonly Thread _pacer;
    private readonly Task _accepting;

    /// <param name="server">The server's connection string.</param>
    /// <param name="roundTrip">What a round trip is to take longer.</param>
    public DelayProxy(string server, TimeSpan roundTrip)
    {
        var settings = new NpgsqlConnectionStringBuilder(server);
        _server = settings.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{settings.Host}/.s.PGSQL.{settings.Port}")
            : new DnsEndPoint(settings.Host, settings.Port);
        _oneWay = (long)(roundTrip.TotalSeconds / 2 * Stopwatch.Frequency);
        _listener.Start(backlog: 1024);
        (settings.Host, settings.Port) = ("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);
        ConnectionString = settings.ToString();
        _pacer = new Thread(Pace) { IsBackground = true, Name = "delay" };
        _pacer.Start();
        _accepting = Accept();
    }

    /// <summary>Leads to the server by way of the proxy.</summary>
    public string ConnectionString { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _onTheWay.CompleteAdding();
        _pacer.Join();
        _listener.Dispose();
        _onTheWay.Dispose();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(Connect(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task Connect(Socket client)
    {
        using Socket _ = client;
        using var server = _server is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        await server.ConnectAsync(_server);
        await Task.WhenAll(Pass(client, server), Pass(server, client));
    }

    private async Task Pass(Socket from, Socket to)
    {
        // The pacer sends by itself as long as that does not block: no thread is woken up for it.
        var due = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = true });
        Task sending = Send(due.Reader, to);
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and int length)
                _onTheWay.Add((Stopwatch.GetTimestamp() + _oneWay, buffer[..length], due.Writer));
            _onTheWay.Add((Stopwatch.GetTimestamp() + _oneWay, [], due.Writer));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            due.Writer.TryComplete();
        }

        await sending;
    }

    private static async Task Send(ChannelReader<byte[]> due, Socket to)
    {
        try
        {
            await foreach (byte[] chunk in due.ReadAllAsync())
                await to.SendAsync(chunk);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Who does not listen any more has closed the connection, which the other direction sees too.
        }
    }

    private void Pace()
    {
        foreach ((long due, byte[] chunk, ChannelWriter<byte[]> to) in _onTheWay.GetConsumingEnumerable())
        {
            WaitUntil(due);
            if (chunk.Length == 0)
                to.TryComplete();
            else
                to.TryWrite(chunk);
        }
    }

    private static void WaitUntil(long due)
    {
        // .NET waits for whole milliseconds. The system's sleep takes about 0.1 ms longer than asked for, so the end is not slept.
        while (due - Stopwatch.GetTimestamp() is > 0 and long ticks)
        {
            double microseconds = (ticks * 1_000_000.0 / Stopwatch.Frequency) - 120;
            if (microseconds > 0 && !OperatingSystem.IsWindows())
                _ = Sleep((uint)microseconds);
            else
                Thread.Yield();
        }
    }

    [DllImport("libc", EntryPoint = "usleep")]
    private static extern int Sleep(uint microseconds);
}
