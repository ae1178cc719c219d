using System.Net;
using System.Net.Sockets;
using BuildData.Torture.Soak.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Torture.Soak;

/// <summary>A program that has the store open all the time, and serves it over HTTP on a socket that is a file.</summary>
internal sealed class SoakHost : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly WebApplication _app;

    private SoakHost(TempFolder folder, WebApplication app)
    {
        (_folder, _app) = (folder, app);
        Handler = new SocketsHttpHandler { ConnectCallback = Connect };
    }

    /// <summary>Gets the address of the HTTP face.</summary>
    public static Uri Address { get; } = new("http://localhost/api/");

    /// <summary>Gets the master.</summary>
    public Master Master => _app.Services.GetRequiredService<Master>();

    /// <summary>Gets what makes connections to the program.</summary>
    public SocketsHttpHandler Handler { get; }

    /// <summary>Starts the program.</summary>
    public static async Task<SoakHost> Start(SoakStore store, SoakSettings settings)
    {
        var folder = new TempFolder();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(folder.File("socket")));
        builder.Logging.ClearProviders().AddFakeLogging(logged => logged.FilteredLevels.UnionWith([LogLevel.Error, LogLevel.Critical]));
        builder.Services.AddBuildData(options =>
        {
            store.Use(options);
            options.KeepEvents(settings.Age).KeepHistory(settings.Age, atLeastPerBuilder: 2).KeepLogs(settings.Age / 2).MeasureBuilds().TraceBuilds().OpenOnStart();
            options.SubscriberBuffer = 200;
        });
        WebApplication app = builder.Build();

        // As over TCP on this machine, so that the library's own protection decides.
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Loopback;
            return next(context);
        });
        app.MapBuildDataApi("/api");
        app.MapBuildDataDashboard("/dash");
        await app.StartAsync();
        return new SoakHost(folder, app);
    }

    /// <summary>Returns the errors that were logged since the last call, one in a line; empty if there are none.</summary>
    public string TakeErrors()
    {
        FakeLogCollector errors = _app.Services.GetFakeLogCollector();
        return errors.Count == 0 ? "" : string.Join('\n', errors.GetSnapshot(clear: true));
    }

    public async ValueTask DisposeAsync()
    {
        Handler.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.File("socket")), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
