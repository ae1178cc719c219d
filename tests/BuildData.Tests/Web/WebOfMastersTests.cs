using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using BuildData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BuildData.Tests;

/// <summary>A web program on PostgreSQL that shows what another master writes.</summary>
internal sealed class WebOfMastersTests() : StoreTests(StoreKinds.PostgreSql)
{
    private Master _writer = null!;
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    [SetUp]
    public async Task StartProgram()
    {
        _writer = await Store.Open(o => o.MasterName = "writer");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddBuildData(o =>
        {
            Store.Use(o);
            o.MasterName = "web";
        });
        _app = builder.Build();
        _app.MapBuildDataApi("/api/v2");
        await _app.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    [TearDown]
    public async Task StopProgram()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await _writer.DisposeAsync();
    }

    [Test]
    public async Task Get_AfterAChangeOfAnotherMaster_ReturnsItWhenItsEventHasArrived()
    {
        TestBuild build = await _writer.Data.Updates.AddTestBuild("linux");
        Master web = _app.Services.GetRequiredService<Master>();
        for (int i = 0; i < 50; i++)
        {
            await _writer.Data.Updates.SetBuildStateString(build.BuildId, $"state {i}");
            long written = _writer.Data.Events.LastSequence;
            await Until(async () => (await web.Data.GetVersion()) is not null && web.Data.Events.LastSequence >= written);

            string answer = await _client.GetStringAsync(new Uri($"/api/v2/builds/{build.BuildId}", UriKind.Relative));

            answer.Should().Contain($"\"state_string\":\"state {i}\"");
        }
    }

    [Test]
    public async Task Socket_AfterTheAcknowledgement_ReceivesEveryChangeOfAnotherMaster()
    {
        TestBuild build = await _writer.Data.Updates.AddTestBuild("linux");
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{_client.BaseAddress!.Authority}/api/v2/ws"), CancellationToken.None);
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"cmd":"startConsuming","path":"builds/*/update","_id":1}"""), WebSocketMessageType.Text, true, CancellationToken.None);
        await Receive(socket);

        for (int i = 0; i < 100; i++)
            await _writer.Data.Updates.SetBuildStateString(build.BuildId, $"{i}");

        List<string?> states = [];
        for (int i = 0; i < 100; i++)
            states.Add((await Receive(socket)).GetProperty("m").GetProperty("state_string").GetString());
        states.Should().Equal(Enumerable.Range(0, 100).Select(i => $"{i}"));
    }

    private static async Task<JsonElement> Receive(ClientWebSocket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, CancellationToken.None);
        return JsonDocument.Parse(buffer.AsMemory(0, received.Count)).RootElement;
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await condition())
            await Task.Delay(5, timeout.Token);
    }
}
