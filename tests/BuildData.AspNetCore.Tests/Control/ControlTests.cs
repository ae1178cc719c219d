using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BuildData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BuildData.AspNetCore.Tests;

/// <summary>The control of builds by JSON-RPC.</summary>
internal sealed class ControlTests
{
    [Test]
    public async Task Stop_RunningBuild_RequestsItsCancellationAndDoesNotFinishIt()
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.ClaimBuildRequests([build.BuildRequestId]);

        (int status, JsonElement answer) = await program.Call($"/api/v2/builds/{build.BuildId}", "stop", new { reason = "too slow" });

        status.Should().Be(200);
        answer.ToString().Should().Be("""{"jsonrpc":"2.0","id":1,"result":null}""");
        Build stored = (await program.Data.Get<Build>($"/builds/{build.BuildId}"))!;
        (stored.Complete, stored.CancelReason).Should().Be((false, "too slow"));
    }

    [Test]
    public async Task Rebuild_Build_ReturnsTheBuildsetAndItsRequests()
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.FinishBuild(build.BuildId, BuildResult.Failure);

        (_, JsonElement answer) = await program.Call($"/api/v2/builders/linux/builds/{build.Number}", "rebuild");

        long buildset = answer.GetProperty("result")[0].GetInt64();
        (await program.Data.Get<Buildset>($"/buildsets/{buildset}"))!.RebuiltBuildId.Should().Be(build.BuildId);
        answer.GetProperty("result")[1].GetProperty("1").GetInt64().Should().BePositive();
    }

    [Test]
    public async Task Cancel_WaitingRequest_CompletesIt()
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        TestBuildRequest request = await program.Updates.AddTestBuildRequest("linux");

        (int status, _) = await program.Call($"/api/v2/buildrequests/{request.BuildRequestId}", "cancel");

        status.Should().Be(200);
        (await program.Data.Get<BuildRequest>($"/buildrequests/{request.BuildRequestId}"))!.Results.Should().Be(BuildResult.Cancelled);
    }

    [Test]
    public async Task Pause_Worker_StoresTheReason()
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        await program.Updates.EnsureWorker("w1");

        await program.Call("/api/v2/workers/w1", "pause", new { reason = "repair" });

        Worker worker = (await program.Data.Get<Worker>("/workers/1"))!;
        (worker.Paused, worker.PauseReason).Should().Be((true, "repair"));
    }

    [Test]
    public async Task Force_DeclaredScheduler_CallsTheHostWithCheckedValues()
    {
        await using WebProgram program = await WebProgram.StartApi(o =>
        {
            o.AllowControl = true;
            o.OnForce("manual", ["linux"], [new ForceField("branch") { IsRequired = true }, new ForceField("jobs") { Kind = ForceFieldKind.WholeNumber, Default = "4" }], Force);
        });
        await program.Updates.EnsureBuilder("linux");

        (int status, JsonElement answer) = await program.Call("/api/v2/forceschedulers/manual", "force", new { builderid = "1", branch = "main" });

        status.Should().Be(200);
        long buildset = answer.GetProperty("result")[0].GetInt64();
        (await program.Data.Get<Buildset>($"/buildsets/{buildset}"))!.Reason.Should().Be("main 4");

        static Task<AddedBuildset> Force(ForceRequest request) =>
            request.Context.RequestServices.GetRequiredService<Updates>().AddBuildset(scheduler: "manual", reason: $"{request.Values["branch"]} {request.Values["jobs"]}", builderIds: [request.Builder.BuilderId]);
    }

    [TestCase("""{"builderid":1}""", "must not be empty")]
    [TestCase("""{"builderid":1,"branch":"main","jobs":"many"}""", "whole number")]
    [TestCase("""{"builderid":9,"branch":"main"}""", "'builderid'")]
    [TestCase("""{"builderid":1,"branch":{}}""", "must be a text")]
    public async Task Force_WrongValues_IsRefusedWithAReason(string parameters, string reason)
    {
        await using WebProgram program = await WebProgram.StartApi(o =>
        {
            o.AllowControl = true;
            o.OnForce("manual", ["linux"], [new ForceField("branch") { IsRequired = true }, new ForceField("jobs") { Kind = ForceFieldKind.WholeNumber }], _ => throw new InvalidOperationException());
        });
        await program.Updates.EnsureBuilder("linux");

        (int status, JsonElement answer) = await program.Call("/api/v2/forceschedulers/manual", "force", JsonDocument.Parse(parameters).RootElement);

        status.Should().Be(400);
        answer.GetProperty("error").GetProperty("message").GetString().Should().Contain(reason);
    }

    [Test]
    public async Task ForceSchedulers_Declared_AreListedForTheirBuilders()
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.OnForce("manual", ["linux"], [new ForceField("branch")], _ => throw new InvalidOperationException()));
        await program.Updates.EnsureBuilder("linux");
        await program.Updates.EnsureBuilder("windows");

        JsonElement ofLinux = await program.GetJson("/api/v2/builders/1/forceschedulers?order=name");
        JsonElement ofWindows = await program.GetJson("/api/v2/builders/windows/forceschedulers");

        ofLinux.GetProperty("forceschedulers")[0].GetProperty("name").GetString().Should().Be("manual");
        ofWindows.GetProperty("forceschedulers").GetArrayLength().Should().Be(0);
    }

    [Test]
    public async Task Control_CallbackOfTheHost_RunsWithTheResource()
    {
        object? killed = null;
        await using WebProgram program = await WebProgram.StartApi(o =>
        {
            o.AllowControl = true;
            o.OnControl("workers", "kill", request =>
            {
                killed = request.Resource;
                return Task.CompletedTask;
            });
        });
        await program.Updates.EnsureWorker("w1");

        (int status, _) = await program.Call("/api/v2/workers/w1", "kill");

        status.Should().Be(200);
        killed.Should().BeOfType<Worker>().Which.Name.Should().Be("w1");
    }

    [Test]
    public async Task Control_UpdateIsRefused_IsAConflictWithItsReason()
    {
        await using WebProgram program = await WebProgram.StartApi(o =>
        {
            o.AllowControl = true;
            o.OnControl("builds", "move", request => request.Context.RequestServices.GetRequiredService<Updates>().AddBuild(2, ((Build)request.Resource).BuildRequestId, null));
        });
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.EnsureBuilder("other");

        (int status, JsonElement answer) = await program.Call($"/api/v2/builds/{build.BuildId}", "move");

        status.Should().Be(409);
        answer.GetProperty("error").GetProperty("message").GetString().Should().NotContain("store");
    }

    [TestCase("/api/v2/forceschedulers/none", "force", 501)]
    [TestCase("/api/v2/workers/w1", "kill", 501)]
    [TestCase("/api/v2/workers/w9", "kill", 404)]
    [TestCase("/api/v2/builds/9", "stop", 404)]
    [TestCase("/api/v2/builds", "stop", 404)]
    [TestCase("/api/v2/bilds/9", "stop", 404)]
    public async Task Control_WhatTheProgramCannotDo_HasAStatusAndAMessage(string path, string method, int status)
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        await program.Updates.EnsureWorker("w1");

        (int answered, JsonElement answer) = await program.Call(path, method);

        answered.Should().Be(status);
        answer.GetProperty("error").GetProperty("code").GetInt32().Should().Be(status);
        answer.GetProperty("error").GetProperty("message").GetString().Should().NotBeEmpty();
    }

    [Test]
    public async Task Control_ByDefault_IsNotAllowed()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");

        (int status, _) = await program.Call($"/api/v2/builds/{build.BuildId}", "rebuild");

        status.Should().Be(403);
        (await program.Data.Count<Buildset>("/buildsets")).Should().Be(1);
    }

    [TestCase(null, HttpStatusCode.Unauthorized)]
    [TestCase("ann", HttpStatusCode.Forbidden)]
    [TestCase("release-manager", HttpStatusCode.OK)]
    public async Task ControlPolicy_Set_IsNeededForControlOnly(string? user, HttpStatusCode expected)
    {
        await using WebProgram program = await WebProgram.Start(
            app => app.MapBuildDataApi("/api/v2", o =>
            {
                o.AllowControl = true;
                o.ControlPolicy = "release";
            }),
            configure: builder => builder.AddHeaderAuthentication().AddPolicy("release", policy => policy.RequireUserName("release-manager")));
        TestBuild build = await program.Updates.AddTestBuild("linux");
        if (user is not null)
            program.Client.DefaultRequestHeaders.Add("X-User", user);

        using HttpResponseMessage control = await program.Client.PostAsJsonAsync($"/api/v2/builds/{build.BuildId}", new { jsonrpc = "2.0", id = 1, method = "rebuild" });
        using HttpResponseMessage read = await program.Client.GetAsync(new Uri($"/api/v2/builds/{build.BuildId}", UriKind.Relative));

        control.StatusCode.Should().Be(expected);
        read.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [TestCase("Origin", "https://evil.example")]
    [TestCase("Origin", "null")]
    [TestCase("Sec-Fetch-Site", "cross-site")]
    [TestCase("Sec-Fetch-Site", "same-site")]
    public async Task Control_FromAPageOfAnotherSite_IsRefused(string header, string value)
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        TestBuild build = await program.Updates.AddTestBuild("linux");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v2/builds/{build.BuildId}");
        request.Content = JsonContent.Create(new { jsonrpc = "2.0", id = 1, method = "rebuild" });
        request.Headers.Add(header, value);

        using HttpResponseMessage response = await program.Client.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await program.Data.Count<Buildset>("/buildsets")).Should().Be(1);
    }

    [TestCase("text/plain")]
    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("multipart/form-data")]
    public async Task Control_WithAContentTypeOfForms_IsRefused(string type)
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        TestBuild build = await program.Updates.AddTestBuild("linux");
        using var content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"rebuild"}""", System.Text.Encoding.UTF8, type);

        using HttpResponseMessage response = await program.Client.PostAsync(new Uri($"/api/v2/builds/{build.BuildId}", UriKind.Relative), content);

        response.StatusCode.Should().Be(HttpStatusCode.UnsupportedMediaType);
    }

    [TestCase("", 400)]
    [TestCase("[1,2", 400)]
    [TestCase("[]", 400)]
    [TestCase("{}", 400)]
    [TestCase("""{"method":7}""", 400)]
    public async Task Control_MalformedBody_IsABadRequest(string body, int status)
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await program.Client.PostAsync(new Uri("/api/v2/builds/1", UriKind.Relative), content);

        ((int)response.StatusCode).Should().Be(status);
    }

    [TestCase("{\"method\":\"\\ud800\"}")]
    [TestCase("{\"method\":\"rebuild\",\"id\":\"\u00C0\"}")]
    [TestCase("{\"method\":\"rebuild\",\"params\":{\"reason\":\"\\udc00\"}}")]
    [TestCase("{\"method\":\"rebuild\",\"params\":{\"\u00FF\":1}}")]
    public async Task Control_TextIsNotUnicode_IsABadRequest(string body)
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        using var content = new ByteArrayContent(System.Text.Encoding.Latin1.GetBytes(body));
        content.Headers.ContentType = new("application/json");

        using HttpResponseMessage response = await program.Client.PostAsync(new Uri("/api/v2/builds/1", UriKind.Relative), content);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        program.Errors.Should().BeEmpty();
    }

    [Test]
    public async Task Control_LargeBody_IsRefused()
    {
        await using WebProgram program = await WebProgram.StartApi(o => o.AllowControl = true);
        using var content = new StringContent(new string(' ', 2_000_000), System.Text.Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await program.Client.PostAsync(new Uri("/api/v2/builds/1", UriKind.Relative), content);

        response.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }
}
