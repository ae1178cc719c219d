using System.Net;
using System.Text.Json;
using BuildData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BuildData.AspNetCore.Tests;

/// <summary>The wire form of the REST interface.</summary>
internal sealed class RestTests
{
    [Test]
    public async Task Get_OneResource_ReturnsAnArrayUnderThePluralName()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");

        JsonElement json = await program.GetJson($"/api/v2/builds/{build.BuildId}");

        json.GetProperty("builds").EnumerateArray().Single().GetProperty("buildid").GetInt64().Should().Be(build.BuildId);
        json.GetProperty("meta").GetProperty("total").GetInt64().Should().Be(1);
    }

    [Test]
    public async Task Get_Properties_ReturnsTheMapInAnArray()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.SetBuildProperty(build.BuildId, "owner", ("ann", "test"));

        JsonElement json = await program.GetJson($"/api/v2/builds/{build.BuildId}/properties");

        json.GetProperty("properties")[0].GetProperty("owner").ToString().Should().Be("""["ann","test"]""");
    }

    [Test]
    public async Task Get_Collection_ReturnsItsTotal()
    {
        await using WebProgram program = await WebProgram.StartApi();
        for (int i = 0; i < 3; i++)
            await program.Updates.AddTestBuild("linux");

        JsonElement json = await program.GetJson("/api/v2/builds?order=-buildid&limit=2");

        json.GetProperty("builds").GetArrayLength().Should().Be(2);
        json.GetProperty("meta").GetProperty("total").GetInt64().Should().Be(3);
    }

    [TestCase("changes", "changes")]
    [TestCase("schedulers", "schedulers")]
    [TestCase("forceschedulers", "forceschedulers")]
    [TestCase("projects", "projects")]
    [TestCase("changesources", "changesources")]
    [TestCase("codebases", "codebases")]
    [TestCase("builds/1/changes", "changes")]
    [TestCase("builders/1/forceschedulers?order=name", "forceschedulers")]
    [TestCase("builds/1/test_result_sets", "test_result_sets")]
    [TestCase("test_result_sets/1/test_results", "test_results")]
    [TestCase("builds/1/data", "build_data")]
    public async Task Get_CollectionThatTheLibraryLacks_IsEmpty(string path, string name)
    {
        await using WebProgram program = await WebProgram.StartApi();

        JsonElement json = await program.GetJson("/api/v2/" + path);

        json.GetProperty(name).GetArrayLength().Should().Be(0);
        json.GetProperty("meta").GetProperty("total").GetInt64().Should().Be(0);
    }

    [TestCase("/api/v2/bilds", 404)]
    [TestCase("/api/v2/builds/", 404)]
    [TestCase("/api/v2/builds//steps", 404)]
    [TestCase("/api/v2/builds/99", 404)]
    [TestCase("/api/v2/builders/9/builds/9/steps", 404)]
    [TestCase("/api/v2/builds?colour=red", 400)]
    [TestCase("/api/v2/builds?limit=-1", 400)]
    [TestCase("/api/v2/builds?limit=10001", 400)]
    [TestCase("/api/v2/builds?results=%zz", 400)]
    [TestCase("/api/v2/logs/7/raw", 404)]
    [TestCase("/api/v2/logs/7/contents", 404)]
    public async Task Get_BadRequest_IsAJsonErrorWithoutAStackTrace(string path, int status)
    {
        await using WebProgram program = await WebProgram.StartApi();

        using HttpResponseMessage response = await program.Client.GetAsync(new Uri(path, UriKind.Relative));

        string text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).Should().Be(status, text);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        response.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
        JsonDocument.Parse(text).RootElement.GetProperty("error").GetString().Should().NotBeEmpty().And.NotContain(" at BuildData");
    }

    [Test]
    public async Task Get_UnknownPath_NamesTheNearest() =>
        await Run(async program => (await program.GetError("/api/v2/bilds")).Error.Should().Contain("/builds"));

    [Test]
    public async Task Get_BuilderNameWithASlash_IsOneSegment()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await program.Updates.EnsureBuilder("linux/x64 + debug");

        JsonElement json = await program.GetJson("/api/v2/builders/linux%2Fx64%20+%20debug");

        json.GetProperty("builders")[0].GetProperty("builderid").GetInt64().Should().Be(1);
    }

    [Test]
    public async Task Get_UnderPathBase_FindsTheData()
    {
        await using WebProgram program = await WebProgram.Start(app =>
        {
            app.UsePathBase("/ci/one");
            app.UseRouting();
            app.MapGroup("/outer").MapBuildDataApi("/api/v2");
        });
        TestBuild build = await program.Updates.AddTestBuild("linux");

        JsonElement json = await program.GetJson($"/ci/one/outer/api/v2/builds/{build.BuildId}/steps");

        json.GetProperty("steps").GetArrayLength().Should().Be(0);
    }

    [Test]
    public async Task Get_PlusInAQueryString_IsASpace()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.SetBuildStateString(build.BuildId, "two words");

        JsonElement json = await program.GetJson("/api/v2/builds?state_string=two+words");

        json.GetProperty("builds").GetArrayLength().Should().Be(1);
    }

    [TestCase("property=*")]
    [TestCase("property=%2A")]
    [TestCase("property=%2a&&limit=1")]
    public async Task Get_AllProperties_AlsoWithAnEncodedStar(string query)
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.SetBuildProperty(build.BuildId, "owner", ("ann", "test"));

        JsonElement json = await program.GetJson("/api/v2/builds?" + query);

        json.GetProperty("builds")[0].GetProperty("properties").TryGetProperty("owner", out _).Should().BeTrue();
    }

    [Test]
    public async Task Get_Unordered_StreamsMoreThanMaxRows()
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.MaxRows = 10);
        TestBuild build = await program.Updates.AddTestBuild("linux");
        for (int i = 0; i < 25; i++)
            await program.Updates.NewStep(build.BuildId, $"step{i}");

        JsonElement json = await program.GetJson("/api/v2/steps");

        json.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString()).Should().Equal(Enumerable.Range(0, 25).Select(i => $"step{i}"));
        json.GetProperty("meta").GetProperty("total").GetInt64().Should().Be(25);
    }

    [Test]
    public async Task Get_OrderedAndMoreThanMaxRows_SaysWhatToAskInstead()
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.MaxRows = 2);
        for (int i = 0; i < 3; i++)
            await program.Updates.AddTestBuild("linux");

        (int status, string error) = await program.GetError("/api/v2/builds?order=-number");

        status.Should().Be(400);
        error.Should().Be("The answer has more than 2 rows. Set a limit, or leave out the order and the offset: then there is no limit.");
    }

    [Test]
    public async Task Get_PageAfterPage_JoinsToTheWhole()
    {
        await using WebProgram program = await WebProgram.StartApi();
        for (int i = 0; i < 5; i++)
            await program.Updates.AddTestBuild("linux");

        List<long> ids = [];
        string? next = null;
        do
        {
            JsonElement page = await program.GetJson("/api/v2/builds?order=-buildid&limit=2" + (next is null ? "" : "&after=" + Uri.EscapeDataString(next)));
            ids.AddRange(page.GetProperty("builds").EnumerateArray().Select(build => build.GetProperty("buildid").GetInt64()));
            next = page.GetProperty("meta").TryGetProperty("next", out JsonElement token) ? token.GetString() : null;
        }
        while (next is not null);

        ids.Should().Equal(5, 4, 3, 2, 1);
    }

    [Test]
    public async Task Get_WithTheEntityTagOfNow_IsNotModified()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await program.Updates.AddTestBuild("linux");
        using HttpResponseMessage first = await program.Client.GetAsync(new Uri("/api/v2/builds", UriKind.Relative));

        HttpStatusCode status = await StatusWithTag(program, "/api/v2/builds", first.Headers.ETag!.ToString());

        status.Should().Be(HttpStatusCode.NotModified);
    }

    [Test]
    public async Task Get_WithAnOlderEntityTag_ReturnsTheChange()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        using HttpResponseMessage first = await program.Client.GetAsync(new Uri("/api/v2/builds", UriKind.Relative));
        await program.Updates.FinishBuild(build.BuildId, BuildResult.Success);

        HttpStatusCode status = await StatusWithTag(program, "/api/v2/builds", first.Headers.ETag!.ToString());
        JsonElement json = await program.GetJson("/api/v2/builds");

        status.Should().Be(HttpStatusCode.OK);
        json.GetProperty("builds")[0].GetProperty("complete").GetBoolean().Should().BeTrue();
    }

    [TestCase("/api/v2/masters")]
    [TestCase("/api/v2/workers")]
    [TestCase("/api/v2/log_sizes")]
    public async Task Get_ResultThatChangesWithoutNotice_HasNoEntityTag(string path)
    {
        await using WebProgram program = await WebProgram.StartApi();

        using HttpResponseMessage response = await program.Client.GetAsync(new Uri(path, UriKind.Relative));

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Headers.ETag.Should().BeNull();
        response.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    [Test]
    public async Task Get_AfterEachOfManyUpdates_IsNeverStale()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");

        for (int i = 0; i < 200; i++)
        {
            await program.Updates.SetBuildStateString(build.BuildId, $"state {i}");
            JsonElement json = await program.GetJson($"/api/v2/builds/{build.BuildId}");
            json.GetProperty("builds")[0].GetProperty("state_string").GetString().Should().Be($"state {i}");
        }
    }

    [Test]
    public async Task Head_Collection_HasTheHeadersAndNoBody()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await program.Updates.AddTestBuild("linux");
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/v2/builds");

        using HttpResponseMessage response = await program.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentLength.Should().BePositive();
        (await response.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    [TestCase("gzip")]
    [TestCase("br")]
    public async Task Get_ClientThatAcceptsCompression_ReceivesCompressedJson(string encoding)
    {
        await using WebProgram program = await WebProgram.StartApi();
        for (int i = 0; i < 20; i++)
            await program.Updates.AddTestBuild("linux");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v2/builds");
        request.Headers.Add("Accept-Encoding", encoding);

        using HttpResponseMessage response = await program.Client.SendAsync(request);

        response.Content.Headers.ContentEncoding.Should().Equal(encoding);
        (await response.Content.ReadAsByteArrayAsync()).Length.Should().BeLessThan(2000);
    }

    [Test]
    public async Task Get_Cors_FollowsThePolicyOfTheHost()
    {
        await using WebProgram program = await WebProgram.Start(
            app =>
            {
                app.UseCors();
                app.MapBuildDataApi("/api/v2").RequireCors(policy => policy.WithOrigins("https://other.example").AllowAnyHeader());
            },
            configure: builder => builder.Services.AddCors());
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/v2/builds");
        request.Headers.Add("Origin", "https://other.example");
        request.Headers.Add("Access-Control-Request-Method", "GET");

        using HttpResponseMessage response = await program.Client.SendAsync(request);

        response.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://other.example");
    }

    [Test]
    public async Task Get_Root_ListsAllEndpoints()
    {
        await using WebProgram program = await WebProgram.StartApi();

        JsonElement json = await program.GetJson("/api/v2");

        json.GetProperty("endpoints").EnumerateArray().Select(endpoint => "/" + endpoint.GetProperty("path").GetString())
            .Should().BeEquivalentTo(DataApi.Endpoints.Select(endpoint => endpoint.Pattern));
    }

    [Test]
    public async Task Get_Specification_HasTheFieldsOfEachResource()
    {
        await using WebProgram program = await WebProgram.StartApi();

        JsonElement json = await program.GetJson("/api/v2/application.spec");

        JsonElement builds = json.GetProperty("specs").EnumerateArray().Single(spec => spec.GetProperty("path").GetString() == "builds");
        builds.GetProperty("type").GetString().Should().Be("build");
        builds.GetProperty("type_spec").GetProperty("fields").EnumerateArray().Select(field => field.GetProperty("name").GetString()).Should().Contain("state_string");
    }

    [Test]
    public async Task Get_RawLog_IsTheTextAsAFile()
    {
        await using WebProgram program = await WebProgram.StartApi();
        long logId = await AddLog(program, LogType.Text, "first\nsecond\n");

        using HttpResponseMessage response = await program.Client.GetAsync(new Uri($"/api/v2/logs/{logId}/raw", UriKind.Relative));

        (await response.Content.ReadAsStringAsync()).Should().EndWith("first\nsecond\n");
        response.Content.Headers.ContentType!.ToString().Should().Be("text/plain; charset=utf-8");
        response.Content.Headers.ContentDisposition!.FileName.Should().Contain("linux_build_1_step_test_log_output");
    }

    [Test]
    public async Task Get_RawHtmlLog_CanRunNothing()
    {
        await using WebProgram program = await WebProgram.StartApi();
        long logId = await AddLog(program, LogType.Html, "<script>alert(1)</script>\n");

        using HttpResponseMessage response = await program.Client.GetAsync(new Uri($"/api/v2/logs/{logId}/raw_inline", UriKind.Relative));

        response.Content.Headers.ContentType!.MediaType.Should().Be("text/html");
        response.Headers.GetValues("Content-Security-Policy").Single().Should().StartWith("sandbox; default-src 'none'");
    }

    [Test]
    public async Task Get_EveryEndpointOfTheLibrary_HasARoute()
    {
        await using WebProgram program = await WebProgram.StartApi();

        foreach (EndpointDescription endpoint in DataApi.Endpoints)
        {
            string path = endpoint.Pattern.Replace("{build_number}", "1", StringComparison.Ordinal);
            path = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]*(id|count|number)[^}]*\}", "1");
            path = System.Text.RegularExpressions.Regex.Replace(path, @"\{[^}]*\}", "name");
            using HttpResponseMessage response = await program.Client.GetAsync(new Uri("/api/v2" + path, UriKind.Relative));
            string text = await response.Content.ReadAsStringAsync();
            response.StatusCode.Should().BeOneOf([HttpStatusCode.OK, HttpStatusCode.NotFound], "{0} answered {1}", path, text);
            text.Should().NotContain("no endpoint has this form", "{0} is an endpoint", path);
        }
    }

    private static async Task Run(Func<WebProgram, Task> test)
    {
        await using WebProgram program = await WebProgram.StartApi();
        await test(program);
    }

    private static async Task<HttpStatusCode> StatusWithTag(WebProgram program, string path, string tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("If-None-Match", $"\"other\", {tag}");
        using HttpResponseMessage response = await program.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static async Task<long> AddLog(WebProgram program, LogType type, string text)
    {
        TestBuild build = await program.Updates.AddTestBuild("linux");
        AddedStep step = await program.Updates.NewStep(build.BuildId, "test");
        AddedLog log = await program.Updates.AddLog(step.StepId, "output", type);
        await program.Updates.AppendLog(log.LogId, text);
        await program.Updates.FinishLog(log.LogId);
        return log.LogId;
    }
}
