using System.Text.Json;
using BuildData.Testing;
using Microsoft.AspNetCore.Builder;

namespace BuildData.AspNetCore.Tests;

/// <summary>A store that this process can only read: it does not learn of changes.</summary>
internal sealed class ReadOnlyStoreTests
{
    private TestDatabase _database = null!;
    private WebProgram _program = null!;

    [SetUp]
    public async Task StartProgram()
    {
        _database = new TestDatabase();
        await using (Master writer = await Master.Open(_database.ConnectionString))
            await writer.Data.Updates.AddTestBuild("linux");
        _program = await WebProgram.Start(
            app =>
            {
                app.MapBuildDataApi("/api/v2", o => o.AllowControl = true);
                app.MapBuildDataDashboard("/builds");
            },
            o => o.UseSqlite(_database.ConnectionString + ";Mode=ReadOnly"));
    }

    [TearDown]
    public async Task StopProgram()
    {
        await _program.DisposeAsync();
        _database.Dispose();
    }

    [Test]
    public async Task Get_Builds_AreReadWithoutAnEntityTag()
    {
        using HttpResponseMessage response = await _program.Client.GetAsync(new Uri("/api/v2/builds", UriKind.Relative));

        (await response.Content.ReadAsStringAsync()).Should().Contain("\"buildid\":1");
        response.Headers.ETag.Should().BeNull();
    }

    [TestCase("/api/v2/sse?path=/builds")]
    public async Task Stream_OfChanges_IsRefused(string path)
    {
        (int status, string error) = await _program.GetError(path);

        status.Should().Be(405);
        error.Should().Be("The store is open read-only.");
    }

    [Test]
    public async Task Socket_IsRefused()
    {
        Func<Task> open = () => _program.OpenSocket();

        await open.Should().ThrowAsync<System.Net.WebSockets.WebSocketException>().WithMessage("*405*");
    }

    [Test]
    public async Task Control_IsRefusedWithAReason()
    {
        (int status, JsonElement answer) = await _program.Call("/api/v2/builds/1", "rebuild");

        status.Should().Be(405);
        answer.GetProperty("error").GetProperty("message").GetString().Should().Be("The store is open read-only.");
    }

    [TestCase("/builds/")]
    [TestCase("/builds/data/home")]
    [TestCase("/builds/data/builders/linux/builds/1")]
    public async Task Dashboard_Pages_AreShown(string path) =>
        (await _program.Client.GetStringAsync(new Uri(path, UriKind.Relative))).Should().NotBeEmpty();
}
