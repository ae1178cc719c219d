using System.Net.Sockets;
using BuildData.Torture.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Torture.Followers.Streams;

/// <summary>A web program with the REST interface and the dashboard, on a port of this machine.</summary>
internal sealed class FollowersHost : IAsyncDisposable
{
    /// <summary>Where the REST interface is.</summary>
    public const string Api = "/api/v2";

    /// <summary>Where the dashboard is.</summary>
    public const string Dashboard = "/dash";

    // So that a client that does not read is soon noticed.
    private const int SocketBuffer = 8 * 1024;

    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly FakeLogCollector _errors;

    private FollowersHost(WebApplication app)
    {
        _app = app;
        _errors = app.Services.GetFakeLogCollector();
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public Uri Address { get; }

    public Master Master => _app.Services.GetRequiredService<Master>();

    /// <summary>Starts the program, and opens the store.</summary>
    public static async Task<FollowersHost> Start(Action<BuildDataOptions> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = end =>
        {
            var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = SocketBuffer };
            socket.Bind(end);
            return socket;
        });
        builder.WebHost.ConfigureKestrel(options => options.Limits.MaxResponseBufferSize = SocketBuffer);
        builder.Logging.ClearProviders().AddFakeLogging(logged => logged.FilteredLevels.UnionWith([LogLevel.Error, LogLevel.Critical]));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = 2 * TimeToStop);
        builder.Services.AddBuildData(configure);
        WebApplication app = builder.Build();
        app.MapBuildDataApi(Api, options => options.MaxRows = int.MaxValue);
        app.MapBuildDataDashboard(Dashboard);
        try
        {
            await app.StartAsync();
            await app.Services.GetRequiredService<Master>().Open();
            return new FollowersHost(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a client that reads in small pieces.</summary>
    public static HttpClient CreateClient(Uri address) => new(new SocketsHttpHandler { ConnectCallback = Connect }) { BaseAddress = address };

    /// <summary>Stops the program and disposes its master.</summary>
    /// <exception cref="ViolationException">It does not stop, or has logged an error.</exception>
    public async Task Stop()
    {
        try
        {
            await _app.StopAsync().WaitAsync(TimeToStop);
        }
        catch (TimeoutException)
        {
            throw new ViolationException($"The web program has not stopped within {TimeToStop.TotalSeconds} seconds.");
        }

        await _app.DisposeAsync();
        if (_errors.Count > 0)
            throw new ViolationException($"The web program has logged errors: {string.Join('\n', _errors.GetSnapshot())}");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Connects with a small buffer, so that a client that does not read is soon noticed.</summary>
    public static async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = SocketBuffer };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
