using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace BuildData.TestSupport;

/// <summary>A proxy between masters and a server that can be slow, stand still and break connections in several ways.</summary>
internal sealed class PostgreSqlProxy : IAsyncDisposable
{
    /// <summary>Matches the statement of a connection that listens for notifications.</summary>
    public const string Listens = @"\bLISTEN\b";

    private readonly Lock _lock = new();
    private readonly List<ProxyLink> _links = [];
    private readonly List<Task> _running = [];
    private readonly TcpListener _listener = new(IPAddress.Loopback, FreePort.Choose());
    private Task _accepting = Task.CompletedTask;
    private EndPoint _server;
    private bool _isHalfOpen;
    private TaskCompletionSource? _stall;

    private PostgreSqlProxy(PostgreSqlServer server) => _server = server.EndPoint;

    /// <summary>Gets or sets the delay of what a client sends.</summary>
    public TimeSpan DelayToServer { get; set; }

    /// <summary>Gets or sets the delay of what the server sends.</summary>
    public TimeSpan DelayToClient { get; set; }

    /// <summary>Gets a task that completes when bytes may pass.</summary>
    public Task Passes => Volatile.Read(ref _stall)?.Task ?? Task.CompletedTask;

    /// <summary>Gets what counts messages; null if nobody has asked for it.</summary>
    public MessageCut? Cut { get; private set; }

    /// <summary>Gets the open connections.</summary>
    public IReadOnlyList<ProxyLink> Links
    {
        get
        {
            lock (_lock)
                return [.. _links];
        }
    }

    public static PostgreSqlProxy Start(PostgreSqlServer server)
    {
        var proxy = new PostgreSqlProxy(server);
        proxy.Admit();
        return proxy;
    }

    /// <summary>Returns a connection string that leads through the proxy.</summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.ToString();

    /// <summary>Holds everything back until <see cref="GoOn"/>, and then lets it through.</summary>
    public void Stall() => Volatile.Write(ref _stall, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    public void GoOn() => Interlocked.Exchange(ref _stall, null)?.TrySetResult();

    /// <summary>Makes all connections half-open, and those that are opened until <see cref="Heal"/>.</summary>
    public void HalfOpen()
    {
        lock (_lock)
        {
            _isHalfOpen = true;
            _links.ForEach(link => link.HalfOpen());
        }
    }

    /// <summary>Makes those connections half-open on which a client has sent a statement that matches a pattern.</summary>
    /// <returns>The number of connections.</returns>
    public int HalfOpen(string pattern)
    {
        ProxyLink[] chosen = [.. Links.Where(link => link.HasSent(pattern))];
        foreach (ProxyLink link in chosen)
            link.HalfOpen();
        return chosen.Length;
    }

    /// <summary>Resets all connections. New ones work.</summary>
    public void Heal()
    {
        lock (_lock)
            _isHalfOpen = false;
        Reset();
    }

    /// <summary>Resets all connections.</summary>
    public void Reset()
    {
        foreach (ProxyLink link in Links)
            link.Reset();
    }

    /// <summary>Refuses new connections until <see cref="Admit"/>.</summary>
    public async Task Refuse()
    {
        _listener.Stop();
        await _accepting;
    }

    public void Admit()
    {
        _listener.Start();
        _accepting = Accept();
    }

    /// <summary>Forwards new connections to another server.</summary>
    public void SwitchTo(PostgreSqlServer server) => Volatile.Write(ref _server, server.EndPoint);

    /// <summary>Counts the messages that are sent from now on, except those of connections that listen.</summary>
    public MessageCut CountMessages() => Cut = new MessageCut(this, after: null, isWholeHost: false);

    /// <summary>Lets a number of messages through from now on, and then makes the connection of the last one, or all connections, half-open.</summary>
    public MessageCut CutAt(int messages, bool isWholeHost) => Cut = new MessageCut(this, messages, isWholeHost);

    public async ValueTask DisposeAsync()
    {
        await Refuse();
        GoOn();
        Reset();
        await Task.WhenAll(_running);
    }

    private async Task Accept()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // New connections are refused.
                return;
            }

            var link = new ProxyLink(this, client);
            lock (_lock)
            {
                if (_isHalfOpen)
                    link.HalfOpen();
                _links.Add(link);
                _running.Add(Run(link));
            }
        }
    }

    private async Task Run(ProxyLink link)
    {
        await Task.Yield();
        await link.Run(Volatile.Read(ref _server));
        lock (_lock)
            _links.Remove(link);
    }
}
