using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace BuildData.AspNetCore.Tests;

/// <summary>What the reference's user interface needs around the data: its files, its configuration, and where it calls.</summary>
internal sealed class BuildbotUiTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("buildbot-ui-").FullName;
        string files = Path.Combine(_folder, "static");
        Directory.CreateDirectory(Path.Combine(files, "assets"));
        File.WriteAllText(Path.Combine(files, "index.html"), "<!doctype html><title>first page</title>");
        File.WriteAllText(Path.Combine(files, "assets", "app.js"), "start();");
        File.WriteAllText(Path.Combine(_folder, "secret.txt"), "secret");
    }

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("/buildbot/", "text/html", "first page")]
    [TestCase("/buildbot/assets/app.js", "text/javascript", "start();")]
    public async Task Get_File_HasItsContentAndType(string path, string type, string content)
    {
        await using WebProgram program = await Start();

        using HttpResponseMessage response = await program.Client.GetAsync(new Uri(path, UriKind.Relative));

        response.Content.Headers.ContentType!.MediaType.Should().Be(type);
        (await response.Content.ReadAsStringAsync()).Should().Contain(content);
    }

    [Test]
    public async Task Get_WithoutTheLastSlash_RedirectsRelatively()
    {
        await using WebProgram program = await Start();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        using HttpResponseMessage response = await client.GetAsync(new Uri(program.Address, "/buildbot"));

        response.StatusCode.Should().Be(HttpStatusCode.MovedPermanently);
        response.Headers.Location!.OriginalString.Should().Be("buildbot/");
    }

    [TestCase("/buildbot/../secret.txt")]
    [TestCase("/buildbot/..%2fsecret.txt")]
    [TestCase("/buildbot/%2e%2e/secret.txt")]
    [TestCase("/buildbot/assets/..%2f..%2fsecret.txt")]
    [TestCase("/buildbot/..%5csecret.txt")]
    [TestCase("/buildbot/%00")]
    [TestCase("/buildbot//etc/passwd")]
    [TestCase("/buildbot/assets")]
    [TestCase("/buildbot/none.js")]
    public async Task Get_OutsideOfTheFolder_IsNotFound(string target)
    {
        await using WebProgram program = await Start();

        string answer = await RawHttp.Get(program.Address, target);

        answer.Should().MatchRegex("^HTTP/1.1 40[04] ").And.NotContain("root:");
    }

    [Test]
    public async Task Get_Configuration_HasWhatTheInterfaceReads()
    {
        await using WebProgram program = await Start();

        JsonElement configuration = await program.GetJson("/buildbot/config");

        configuration.GetProperty("buildbotURL").GetString().Should().Be($"{program.Address}buildbot/");
        configuration.EnumerateObject().Select(member => member.Name).Should().BeEquivalentTo(
            "title", "titleURL", "buildbotURL", "multiMaster", "ui_default_config", "versions", "auth", "avatar_methods", "plugins", "user", "user_any_access_allowed", "project_widgets", "port");
    }

    [Test]
    public async Task Get_Data_IsBelowThePrefix()
    {
        await using WebProgram program = await Start();
        await program.Updates.EnsureBuilder("linux");

        JsonElement json = await program.GetJson("/buildbot/api/v2/builders");

        json.GetProperty("builders").GetArrayLength().Should().Be(1);
    }

    [Test]
    public async Task Socket_BelowThePrefix_Answers()
    {
        await using WebProgram program = await Start();
        await using WebSocketClient socket = await program.OpenSocket("/buildbot/ws");

        (await socket.Command("startConsuming", "builds/*/*")).GetProperty("code").GetInt32().Should().Be(200);
    }

    [TestCase("missing")]
    [TestCase("static/assets")]
    public async Task Map_FolderWithoutTheInterface_Throws(string folder)
    {
        Func<Task> start = () => WebProgram.Start(app => app.MapBuildbotUi("/buildbot", Path.Combine(_folder, folder)));

        await start.Should().ThrowAsync<IOException>().WithMessage("*Buildbot's user interface*");
    }

    [Test]
    public async Task Default_ForwardedRequest_IsRefused()
    {
        await using WebProgram program = await Start();

        (await RawHttp.Get(program.Address, "/buildbot/", "X-Forwarded-For: 192.0.2.7\r\n")).Should().StartWith("HTTP/1.1 403 ").And.Contain("MapBuildbotUi");
    }

    private Task<WebProgram> Start() => WebProgram.Start(app => app.MapBuildbotUi("/buildbot", Path.Combine(_folder, "static")));
}
