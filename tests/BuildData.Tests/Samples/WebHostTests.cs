using System.Net;
using System.Text.Json;

namespace BuildData.Tests;

/// <summary>The HTTP API of the sample WebHost.</summary>
internal sealed class WebHostTests
{
    private TempFolder _folder = null!;
    private WebHostProcess _host = null!;

    [OneTimeSetUp]
    public async Task StartHost()
    {
        _folder = new TempFolder();
        _host = await WebHostProcess.Start(_folder, buildDuration: TimeSpan.Zero);
        await _host.WaitForBuilds(2);
    }

    [OneTimeTearDown]
    public async Task EndHost()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task Health_StoreCanBeWritten_IsHealthy() => (await _host.Client.GetStringAsync("/health")).Should().Be("Healthy");

    [Test]
    public async Task Data_NameWithAnEncodedSlash_ReturnsTheBuilder()
    {
        JsonElement builder = await GetJson("/api/v2/builders/linux%2Fx64");

        builder.GetProperty("builders")[0].GetProperty("name").GetString().Should().Be("linux/x64");
    }

    [Test]
    public async Task Data_QueryString_SelectsAPage()
    {
        JsonElement builds = await GetJson("/api/v2/builds?order=number&offset=1&limit=1&field=number");

        builds.GetProperty("builds").GetRawText().Should().Be("""[{"number":2}]""");
    }

    [TestCase("/api/v2/builds/1000000", HttpStatusCode.NotFound, "There is nothing at")]
    [TestCase("/api/v2/bilds", HttpStatusCode.NotFound, "/bilds")]
    [TestCase("/api/v2/builds?colour=red", HttpStatusCode.BadRequest, "colour")]
    public async Task Data_PathWithoutAResult_TellsWhy(string path, HttpStatusCode status, string reason)
    {
        using HttpResponseMessage answer = await _host.Client.GetAsync(path);

        answer.StatusCode.Should().Be(status);
        (await answer.Content.ReadAsStringAsync()).Should().Contain(reason);
    }

    [Test]
    public async Task Dashboard_FirstPage_IsHtml()
    {
        using HttpResponseMessage answer = await _host.Client.GetAsync("/builds");

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
    }

    private async Task<JsonElement> GetJson(string path) => JsonSerializer.Deserialize<JsonElement>(await _host.Client.GetStringAsync(path));
}
