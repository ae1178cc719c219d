using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using BuildData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.AspNetCore.Tests;

/// <summary>A web program on a port of this machine, with a master on a temporary file.</summary>
internal sealed class WebProgram : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestDatabase _database;

    private WebProgram(WebApplication app, TestDatabase database)
    {
        _app = app;
        _database = database;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public Master Master => _app.Services.GetRequiredService<Master>();

    public DataApi Data => Master.Data;

    public Updates Updates => Master.Data.Updates;

    /// <summary>Gets what the program has logged as errors.</summary>
    public IReadOnlyList<FakeLogRecord> Errors => _app.Services.GetFakeLogCollector().GetSnapshot();

    /// <summary>Starts a program.</summary>
    /// <param name="map">Adds endpoints and middleware.</param>
    /// <param name="options">Sets the options of the master, beside the file.</param>
    /// <param name="configure">Adds services.</param>
    public static async Task<WebProgram> Start(Action<WebApplication> map, Action<BuildDataOptions>? options = null, Action<WebApplicationBuilder>? configure = null)
    {
        var database = new TestDatabase();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddFakeLogging(logged => logged.FilteredLevels.UnionWith([LogLevel.Error, LogLevel.Critical]));
        builder.Services.AddBuildData(o =>
        {
            o.UseSqlite(database.ConnectionString);
            options?.Invoke(o);
        });
        configure?.Invoke(builder);
        WebApplication app = builder.Build();
        try
        {
            map(app);
            await app.StartAsync();
            return new WebProgram(app, database);
        }
        catch
        {
            await app.DisposeAsync();
            database.Dispose();
            throw;
        }
    }

    /// <summary>Starts a program whose REST interface everybody may use.</summary>
    public static Task<WebProgram> StartApi(Action<BuildDataApiOptions>? api = null, Action<BuildDataOptions>? options = null) =>
        Start(app => app.MapBuildDataApi("/api/v2", api), options);

    /// <summary>Returns the JSON of an answer with status 200.</summary>
    public async Task<JsonElement> GetJson(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        string text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(200, "{0} answered {1} {2}", path, text, string.Join('\n', Errors));
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Returns the status and the error of an answer.</summary>
    public async Task<(int Status, string Error)> GetError(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        JsonElement json = await response.Content.ReadFromJsonAsync<JsonElement>();
        return ((int)response.StatusCode, json.GetProperty("error").GetString()!);
    }

    /// <summary>Calls a method of a resource, and returns the status and the JSON of the answer.</summary>
    public async Task<(int Status, JsonElement Answer)> Call(string path, string method, object? parameters = null)
    {
        using HttpResponseMessage response = await Client.PostAsJsonAsync(path, new { jsonrpc = "2.0", id = 1, method, @params = parameters ?? new { } });
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Opens a WebSocket.</summary>
    public async Task<WebSocketClient> OpenSocket(string path = "/api/v2/ws")
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{Address.Authority}{path}"), CancellationToken.None);
        return new WebSocketClient(socket);
    }

    public async Task Stop() => await _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _database.Dispose();
    }
}
