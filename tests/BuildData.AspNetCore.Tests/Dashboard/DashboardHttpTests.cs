using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BuildData.AspNetCore.Dashboard.Web;
using Microsoft.AspNetCore.Builder;

namespace BuildData.AspNetCore.Tests.Dashboard;

/// <summary>The dashboard's answers, without a browser.</summary>
internal sealed class DashboardHttpTests
{
    private const int MostBytes = 80 * 1024;
    private WebProgram _program = null!;

    [SetUp]
    public async Task StartProgram() => _program = await WebProgram.Start(app =>
    {
        app.MapBuildDataDashboard("/builds");
        app.MapBuildDataDashboard("/controlled", options => options.AllowControl = true);
    });

    [TearDown]
    public async Task StopProgram() => await _program.DisposeAsync();

    [Test]
    public void Assets_WithoutCompression_AreSmall()
    {
        TestContext.Out.WriteLine($"{DashboardAssets.Instance.Size} bytes");

        DashboardAssets.Instance.Size.Should().BeInRange(10_000, MostBytes);
    }

    [TestCase("/builds/data/logs/%201/raw")]
    [TestCase("/builds/data/logs/1%20/raw")]
    [TestCase("/builds/data/logs/+1/raw")]
    [TestCase("/builds/data/steps/%201/log")]
    public async Task Data_IdWithBlankOrSign_IsAnswered(string path)
    {
        using HttpResponseMessage response = await Get(path, encoding: null);

        ((int)response.StatusCode).Should().BeLessThan(500);
        _program.Errors.Should().BeEmpty();
    }

    [TestCase("br")]
    [TestCase("gzip")]
    [TestCase(null)]
    public async Task Asset_IsCompressedAndKeptForEver(string? encoding)
    {
        using HttpResponseMessage response = await Get(AssetPath("app.css"), encoding);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentEncoding.Should().Equal(encoding is null ? [] : [encoding]);
        response.Headers.CacheControl!.ToString().Should().Be("public, max-age=31536000, immutable");
        using var again = new HttpRequestMessage(HttpMethod.Get, AssetPath("app.css"));
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        if (encoding is not null)
            again.Headers.AcceptEncoding.ParseAdd(encoding);
        using HttpResponseMessage unchanged = await _program.Client.SendAsync(again);
        unchanged.StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [TestCase("assets/0123456789abcdef/app.js")]
    [TestCase("builders/none")]
    [TestCase("builders/none/builds/1")]
    [TestCase("builders/1/builds/x")]
    [TestCase("data/builders/none")]
    [TestCase("data/builders/1/builds/99999999999999999999")]
    [TestCase("data/logs/77/raw")]
    [TestCase("builders/%2e%2e%2f%2e%2e")]
    public async Task WhatDoesNotExist_Is404(string path)
    {
        using HttpResponseMessage response = await Get($"/builds/{path}");

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        _program.Errors.Should().BeEmpty();
    }

    [TestCase("")]
    [TestCase("queue")]
    public async Task Page_HasAStrictPolicyAndNoCookie(string path)
    {
        using HttpResponseMessage response = await Get($"/builds/{path}");
        string html = await response.Content.ReadAsStringAsync();

        response.Headers.GetValues("Content-Security-Policy").Single().Should()
            .StartWith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        response.Headers.GetValues("Referrer-Policy").Should().Equal("no-referrer");
        response.Headers.Contains("Set-Cookie").Should().BeFalse();
        html.Should().NotContain("style=").And.NotContain("onclick").And.NotContain("href=\"/").And.NotContain("src=\"/").And.NotContain("http");
    }

    [TestCase("/builds", "./builds/")]
    [TestCase("/builds?a=b", "./builds/?a=b")]
    [TestCase("/builds/queue/", "../queue")]
    [TestCase("/builds/builders/a%2Fb/", "../a%2Fb")]
    public async Task Address_WithTheWrongEnd_IsRedirectedRelatively(string path, string location)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _program.Address };
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative));

        response.StatusCode.Should().Be(HttpStatusCode.PermanentRedirect);
        response.Headers.Location!.OriginalString.Should().Be(location);
    }

    [TestCase("linux/x64")]
    [TestCase("a b+c")]
    [TestCase("100%")]
    [TestCase("%2F")]
    [TestCase("grün?#")]
    [TestCase("a:b")]
    [TestCase("a\\b")]
    public async Task Builder_WithAnyName_HasPagesAndData(string name)
    {
        long id = await _program.Updates.EnsureBuilder(name);
        string path = $"builders/{Uri.EscapeDataString(name)}";

        JsonElement data = await _program.GetJson($"/builds/data/{path}");
        using HttpResponseMessage page = await Get($"/builds/{path}");

        data.GetProperty("parts").GetProperty("builder").GetProperty("id").GetInt64().Should().Be(id);
        page.StatusCode.Should().Be(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync()).Should().Contain($"data-source=\"../data/{path.Replace("&", "&amp;", StringComparison.Ordinal)}\"");
    }

    [Test]
    public async Task Data_OfABuild_HasTimesInMillisecondsAndTheServersTime()
    {
        SmallFarm.Farm farm = await SmallFarm.Add(_program.Updates);

        JsonElement data = await _program.GetJson($"/builds/data/{farm.BuildPath}");

        Build build = (await _program.Data.Get<Build>($"/builds/{farm.BuildId}"))!;
        data.GetProperty("parts").GetProperty("build").GetProperty("started").GetInt64().Should().Be(build.StartedAt.ToUnixTimeMilliseconds());
        DateTimeOffset.FromUnixTimeMilliseconds(data.GetProperty("now").GetInt64()).Should().BeCloseTo(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(2));
    }

    [Test]
    public async Task Stream_AfterAChange_SendsOnlyTheChangedPart()
    {
        SmallFarm.Farm farm = await SmallFarm.Add(_program.Updates);
        await using var events = await DashboardEvents.Open(_program, $"/builds/data/{farm.BuildPath}");
        (string first, _) = await events.Next();

        await _program.Updates.SetStepStateString(farm.StepId, "half done");
        (string second, JsonElement change) = await events.Next();

        (first, second).Should().Be(("state", "change"));
        change.GetProperty("set").EnumerateObject().Select(part => part.Name).Should().Equal($"step/{farm.StepId}");
        change.GetProperty("remove").GetArrayLength().Should().Be(0);
    }

    [Test]
    public async Task Stream_TheBuilderIsRemoved_EndsWithGone()
    {
        long doomed = await _program.Updates.EnsureBuilder("doomed");
        await using var events = await DashboardEvents.Open(_program, "/builds/data/builders/doomed");
        await events.Next();

        await _program.Updates.RemoveBuilder(doomed);

        (await events.Next()).Name.Should().Be("gone");
    }

    [TestCase("GET")]
    [TestCase("POST")]
    public async Task Control_ByDefault_DoesNotExist(string method)
    {
        SmallFarm.Farm farm = await SmallFarm.Add(_program.Updates);

        HttpStatusCode status = await Control("builds", "stop", farm.BuildId, method: method);

        status.Should().Be(HttpStatusCode.NotFound);
        (await _program.Data.Get<Build>($"/builds/{farm.BuildId}"))!.CancelRequestedAt.Should().BeNull();
    }

    [TestCase("Origin", "https://evil.example")]
    [TestCase("Origin", "null")]
    [TestCase("Sec-Fetch-Site", "cross-site")]
    [TestCase("Sec-Fetch-Site", "same-site")]
    public async Task Control_FromAnotherSite_IsRefused(string header, string value)
    {
        SmallFarm.Farm farm = await SmallFarm.Add(_program.Updates);

        (await Control("controlled", "stop", farm.BuildId, header: (header, value))).Should().Be(HttpStatusCode.Forbidden);
        (await _program.Data.Get<Build>($"/builds/{farm.BuildId}"))!.CancelRequestedAt.Should().BeNull();
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    public async Task Control_WithATypeThatFormsSend_IsRefused(string type) =>
        (await Control("controlled", "stop", 1, type: type)).Should().Be(HttpStatusCode.UnsupportedMediaType);

    [TestCase("stop", "{\"id\":77}", HttpStatusCode.NotFound)]
    [TestCase("rebuild", "{\"id\":77}", HttpStatusCode.NotFound)]
    [TestCase("cancel", "{\"id\":77}", HttpStatusCode.NotFound)]
    [TestCase("explode", "{\"id\":1}", HttpStatusCode.NotFound)]
    [TestCase("stop", "{\"id\":\"1\"}", HttpStatusCode.BadRequest)]
    [TestCase("stop", "[1]", HttpStatusCode.BadRequest)]
    [TestCase("stop", "{", HttpStatusCode.BadRequest)]
    public async Task Control_OfNothing_IsAClearError(string action, string body, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await _program.Client.PostAsync(new Uri($"/controlled/control/{action}", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));

        response.StatusCode.Should().Be(expected);
        (await response.Content.ReadAsStringAsync()).Should().StartWith("{\"error\":");
        _program.Errors.Should().BeEmpty();
    }

    [Test]
    public async Task Cancel_OfAWaitingRequest_CompletesIt()
    {
        SmallFarm.Farm farm = await SmallFarm.Add(_program.Updates);

        (await Control("controlled", "cancel", farm.WaitingRequestId)).Should().Be(HttpStatusCode.OK);
        (await _program.Data.Get<BuildRequest>($"/buildrequests/{farm.WaitingRequestId}"))!.Results.Should().Be(BuildResult.Cancelled);
    }

    [Test]
    public async Task Rebuild_OfABuild_RequestsAnotherOne()
    {
        SmallFarm.Farm farm = await SmallFarm.Add(_program.Updates);

        (await Control("controlled", "rebuild", farm.BuildId)).Should().Be(HttpStatusCode.OK);
        (await _program.Data.GetAll<Buildset>($"/buildsets?rebuilt_buildid={farm.BuildId}")).Count.Should().Be(1);
    }

    private static string AssetPath(string name) => $"/builds/assets/{DashboardAssets.Instance.Hash}/{name}";

    private async Task<HttpResponseMessage> Get(string path, string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (encoding is not null)
            request.Headers.AcceptEncoding.ParseAdd(encoding);
        return await _program.Client.SendAsync(request);
    }

    private async Task<HttpStatusCode> Control(string prefix, string action, long id, string type = "application/json", (string Name, string Value)? header = null, string method = "POST")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"/{prefix}/control/{action}", UriKind.Relative));
        if (method == "POST")
            request.Content = new StringContent($"{{\"id\":{id}}}", Encoding.UTF8, MediaTypeHeaderValue.Parse(type));
        if (header is { } sent)
            request.Headers.TryAddWithoutValidation(sent.Name, sent.Value);
        using HttpResponseMessage response = await _program.Client.SendAsync(request);
        return response.StatusCode;
    }
}
