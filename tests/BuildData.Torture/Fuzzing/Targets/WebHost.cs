using System.Net;
using BuildData.AspNetCore;
using BuildData.Torture.Load;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuildData.Torture.Fuzzing.Targets;

/// <summary>A web program with everything that the library maps, on a socket that is a file. A machine has too few ports for so many connections.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly TempFolder _folder;
    private readonly WebApplication _app;
    private readonly ErrorCollector _errors;

    private WebHost(TempFolder folder, WebApplication app, ErrorCollector errors)
    {
        _folder = folder;
        _app = app;
        _errors = errors;
    }

    /// <summary>Gets the file of the socket.</summary>
    public string Socket => _folder.File("socket");

    /// <summary>Starts the program.</summary>
    public static async Task<WebHost> Start()
    {
        var folder = new TempFolder();
        var errors = new ErrorCollector();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(options => options.ListenUnixSocket(folder.File("socket")));
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.Services.AddBuildData(options => options.UseSqlite(folder.ConnectionString).KeepEvents(TimeSpan.FromDays(1)));
        WebApplication app = builder.Build();

        // As over TCP on this machine, so that the library's own protection decides.
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Loopback;
            return next(context);
        });
        app.MapBuildDataApi(configure: Configure);
        app.MapBuildDataDashboard("/dash", options => options.AllowControl = true);
        await app.StartAsync();
        await SmallFarm.AddTo(app.Services.GetRequiredService<Master>().Data.Updates);
        return new WebHost(folder, app, errors);
    }

    /// <summary>Returns the errors that were logged since the last call.</summary>
    public string TakeErrors() => _errors.Take();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static void Configure(BuildDataApiOptions options)
    {
        options.AllowControl = true;
        ForceField[] fields =
        [
            new("reason"), new("lines") { Kind = ForceFieldKind.MultilineText }, new("number") { Kind = ForceFieldKind.WholeNumber }, new("flag") { Kind = ForceFieldKind.Flag },
            new("choice") { Kind = ForceFieldKind.Choice, Choices = ["a", "b"], Default = "a" },
        ];
        options.OnForce("force", ["linux"], fields, request => request.Context.RequestServices.GetRequiredService<Master>().Data.Updates.AddBuildset(
            reason: request.Values["reason"], builderIds: [request.Builder.BuilderId], properties: new() { ["lines"] = (request.Values["lines"], "Force") }));
    }
}
