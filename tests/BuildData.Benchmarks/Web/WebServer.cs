using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuildData.Benchmarks.Web;

/// <summary>A web program with the REST interface, and beside it a minimal API that returns prepared bytes.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _folder;

    private WebServer(WebApplication app, string folder)
    {
        _app = app;
        _folder = folder;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public Uri Address { get; }

    public Master Master => _app.Services.GetRequiredService<Master>();

    /// <summary>Gets the answers of the minimal API at <c>/prepared/{name}</c>.</summary>
    public Dictionary<string, byte[]> Prepared { get; } = [];

    public static async Task<WebServer> Start()
    {
        string folder = Directory.CreateTempSubdirectory("builddata-web-").FullName;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddBuildData(o => o.UseSqlite($"Data Source={Path.Combine(folder, "builds.db")}"));
        WebApplication app = builder.Build();
        WebServer? server = null;
        app.MapBuildDataApi("/api/v2").AllowAnonymous();
        app.MapBuildDataDashboard("/builds").AllowAnonymous();
        app.MapGet("/prepared/{name}", (string name) => Results.Bytes(server!.Prepared[name], "application/json"));
        await app.StartAsync();
        return server = new WebServer(app, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
