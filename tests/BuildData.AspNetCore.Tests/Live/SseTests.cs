using BuildData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.AspNetCore.Tests;

/// <summary>Server-sent events: state, changes, resumption.</summary>
internal sealed class SseTests
{
    [Test]
    public async Task Stream_OfTwoPaths_BeginsWithTheirStates()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.NewStep(build.BuildId, "compile");
        await using SseClient stream = await SseClient.Open(program, $"/api/v2/sse?path=/builds/{build.BuildId}&path=/builds/{build.BuildId}/steps/*");

        var builds = (await stream.Next())!.Value;
        var steps = (await stream.Next())!.Value;

        (builds.Type, builds.Id).Should().Be(("state", null));
        builds.Data.GetProperty("items")[0].GetProperty("buildid").GetInt64().Should().Be(build.BuildId);
        (steps.Type, steps.Id).Should().Be(("state", program.Data.Events.LastSequence.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        steps.Data.GetProperty("path").GetString().Should().Be($"/builds/{build.BuildId}/steps/*");
        steps.Data.GetProperty("items")[0].GetProperty("name").GetString().Should().Be("compile");
    }

    [Test]
    public async Task Stream_AChange_HasTheSequenceNumberAsId()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await using SseClient stream = await SseClient.Open(program, $"/api/v2/sse?path=/builds/{build.BuildId}");
        await stream.Next();

        await program.Updates.FinishBuild(build.BuildId, BuildResult.Failure);
        var change = (await stream.Next())!.Value;

        (change.Type, change.Id).Should().Be(("change", program.Data.Events.LastSequence.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        change.Data.GetProperty("kind").GetString().Should().Be("updated");
        change.Data.GetProperty("event").GetString().Should().Be("finished");
        change.Data.GetProperty("item").GetProperty("results").GetInt32().Should().Be(2);
    }

    [Test]
    public async Task Stream_OfAFilter_ReportsWhatLeavesIt()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await using SseClient stream = await SseClient.Open(program, "/api/v2/sse?path=/builds%3Fcomplete%3Dfalse");
        await stream.Next();

        await program.Updates.FinishBuild(build.BuildId, BuildResult.Success);

        (await stream.Next())!.Value.Data.GetProperty("kind").GetString().Should().Be("removed");
    }

    [Test]
    public async Task Stream_WithTheLastId_ContinuesWhereEventsAreKept()
    {
        await using WebProgram program = await WebProgram.StartApi(options: o => o.KeepEvents(TimeSpan.FromHours(1)));
        TestBuild build = await program.Updates.AddTestBuild("linux");
        string last = program.Data.Events.LastSequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await program.Updates.SetBuildStateString(build.BuildId, "missed");

        await using SseClient stream = await SseClient.Open(program, $"/api/v2/sse?path=/builds/{build.BuildId}&path=/builds/{build.BuildId}/steps", last);
        var missed = (await stream.Next())!.Value;
        await program.Updates.NewStep(build.BuildId, "compile");
        var live = (await stream.Next())!.Value;

        missed.Data.GetProperty("item").GetProperty("state_string").GetString().Should().Be("missed");
        live.Data.GetProperty("paths")[0].GetString().Should().Be($"/builds/{build.BuildId}/steps");
        live.Data.GetProperty("kind").GetString().Should().Be("added");
    }

    // The removal of a build includes its steps, and has no event on their paths.
    [TestCase("/steps")]
    [TestCase("/builds/1/steps/*")]
    [TestCase("/steps/1")]
    [TestCase("/steps/1/logs")]
    [TestCase("/logs/1")]
    public async Task Stream_ResumedAfterTheBuildOfAStepWasRemoved_IsReset(string path)
    {
        await using WebProgram program = await WebProgram.StartApi(options: o => o.KeepEvents(TimeSpan.FromHours(1)));
        TestBuild build = await program.Updates.AddTestBuild("linux");
        AddedStep step = await program.Updates.NewStep(build.BuildId, "compile");
        await program.Updates.AddLog(step.StepId, "stdio");
        await program.Updates.FinishBuild(build.BuildId, BuildResult.Failure);
        TestBuild newest = await program.Updates.AddTestBuild("linux");
        await program.Updates.NewStep(newest.BuildId, "compile");
        string last = program.Data.Events.LastSequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
        (await program.Updates.Prune(new HistoryPolicy(TimeSpan.FromTicks(1), atLeastPerBuilder: 1))).Builds.Should().Be(1);

        await using SseClient stream = await SseClient.Open(program, $"/api/v2/sse?path={path}", last);

        (await stream.Next())!.Value.Type.Should().Be("reset");
        var state = (await stream.Next())!.Value;
        state.Data.GetProperty("items").EnumerateArray().Should().HaveCount(path == "/steps" ? 1 : 0);
    }

    // Their events do not tell every change, or have other resources.
    [TestCase("/builds/1/properties")]
    [TestCase("/builds/1/steps/1")]
    [TestCase("/builders")]
    [TestCase("/builders/1")]
    [TestCase("/workers")]
    [TestCase("/masters")]
    public async Task Stream_ResumedOnAPathWhoseEventsDoNotTellAll_IsReset(string path)
    {
        await using WebProgram program = await WebProgram.StartApi(options: o => o.KeepEvents(TimeSpan.FromHours(1)));
        await program.Updates.AddTestBuild("linux");
        string last = program.Data.Events.LastSequence.ToString(System.Globalization.CultureInfo.InvariantCulture);

        await using SseClient stream = await SseClient.Open(program, $"/api/v2/sse?path={path}", last);

        // A stream that continues would have nothing to send before this change.
        await program.Updates.FindBuilderId("windows");
        (await stream.Next())!.Value.Type.Should().Be("reset");
        (await stream.Next())!.Value.Type.Should().Be("state");
    }

    [Test]
    public async Task Stream_ResumedBesideOtherBuilds_ReceivesOnlyItsSteps()
    {
        await using WebProgram program = await WebProgram.StartApi(options: o => o.KeepEvents(TimeSpan.FromHours(1)));
        TestBuild build = await program.Updates.AddTestBuild("linux");
        string last = program.Data.Events.LastSequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await program.Updates.SetBuildStateString(build.BuildId, "not of a step");
        await program.Updates.NewStep(build.BuildId, "compile");

        await using SseClient stream = await SseClient.Open(program, $"/api/v2/sse?path=/builds/{build.BuildId}/steps/*", last);
        var change = (await stream.Next())!.Value;

        change.Data.GetProperty("paths").EnumerateArray().Select(path => path.GetString()).Should().Equal($"/builds/{build.BuildId}/steps/*");
        change.Data.GetProperty("item").GetProperty("name").GetString().Should().Be("compile");
    }

    [Test]
    public async Task Stream_WithTheLastIdWhereEventsAreNotKept_IsReset()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");

        await using SseClient stream = await SseClient.Open(program, $"/api/v2/sse?path=/builds/{build.BuildId}", "1");

        (await stream.Next())!.Value.Type.Should().Be("reset");
        (await stream.Next())!.Value.Type.Should().Be("state");
    }

    [Test]
    public async Task Stream_WithAnIdOfTheFuture_IsReset()
    {
        await using WebProgram program = await WebProgram.StartApi(options: o => o.KeepEvents(TimeSpan.FromHours(1)));
        TestBuild build = await program.Updates.AddTestBuild("linux");

        await using SseClient stream = await SseClient.Open(program, $"/api/v2/sse?path=/builds/{build.BuildId}", "999999");

        (await stream.Next())!.Value.Type.Should().Be("reset");
        (await stream.Next())!.Value.Type.Should().Be("state");
    }

    [TestCase("/api/v2/sse", 400)]
    [TestCase("/api/v2/sse?path=/bilds", 404)]
    [TestCase("/api/v2/sse?path=/builds/*/steps/*", 400)]
    [TestCase("/api/v2/sse?path=/builds%3Flimit%3D5", 400)]
    [TestCase("/api/v2/sse?path=/build_statistics", 404)]
    public async Task Stream_OfAWrongPath_HasAStatus(string path, int status)
    {
        await using WebProgram program = await WebProgram.StartApi();

        (await program.GetError(path)).Status.Should().Be(status);
    }

    [Test]
    public async Task Stream_Idle_SendsACommentAfter15Seconds()
    {
        var clock = new FakeTimeProvider();
        await using WebProgram program = await WebProgram.Start(app => app.MapBuildDataApi("/api/v2"), configure: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        await using Stream stream = await program.Client.GetStreamAsync(new Uri("/api/v2/sse?path=/builds", UriKind.Relative));
        using var lines = new StreamReader(stream);
        while (await lines.ReadLineAsync() is { Length: > 0 })
            continue;

        Task<string?> next = lines.ReadLineAsync();
        while (!next.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(15));
            await Task.WhenAny(next, Task.Delay(10));
        }

        (await next).Should().Be(": ");
    }

    [Test]
    public async Task Stream_ResumedWithNothingNew_BeginsAtOnce()
    {
        await using WebProgram program = await WebProgram.Start(
            app => app.MapBuildDataApi("/api/v2"), o => o.KeepEvents(TimeSpan.FromHours(1)), builder => builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider()));
        await program.Updates.AddTestBuild("linux");
        string last = program.Data.Events.LastSequence.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Task<SseClient> open = SseClient.Open(program, "/api/v2/sse?path=/builds", last);

        await (await open.WaitAsync(TimeSpan.FromSeconds(10))).DisposeAsync();
    }

    [Test]
    public async Task Stream_ACommentCannotBeWritten_EndsWithoutAnError()
    {
        var ended = new TaskCompletionSource();
        await using WebProgram program = await WebProgram.Start(
            app =>
            {
                app.Use(async (context, next) =>
                {
                    context.Response.Body = new GoneStream(context);
                    await next(context);
                });
                app.Use(async (context, next) =>
                {
                    try
                    {
                        await next(context);
                    }
                    finally
                    {
                        ended.SetResult();
                    }
                });
                app.MapBuildDataApi("/api/v2");
            },
            o => o.KeepEvents(TimeSpan.FromHours(1)));
        await program.Updates.AddTestBuild("linux");
        string last = program.Data.Events.LastSequence.ToString(System.Globalization.CultureInfo.InvariantCulture);

        Func<Task> open = () => SseClient.Open(program, "/api/v2/sse?path=/builds", last);

        await open.Should().ThrowAsync<HttpRequestException>();
        await ended.Task;
        program.Errors.Should().BeEmpty();
    }

    [Test]
    public async Task Stream_WhileTheProgramStops_IsNotAvailable()
    {
        await using WebProgram program = await WebProgram.Start(app =>
        {
            app.Use(async (context, next) =>
            {
                app.Lifetime.StopApplication();
                await next(context);
            });
            app.MapBuildDataApi("/api/v2");
        });

        (await program.GetError("/api/v2/sse?path=/builds")).Status.Should().Be(503);
        program.Errors.Should().BeEmpty();
    }

    [Test]
    public async Task Stop_OfTheProgram_EndsStreamsAtOnce()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await using SseClient stream = await SseClient.Open(program, "/api/v2/sse?path=/builds");
        await stream.Next();

        await program.Stop().WaitAsync(TimeSpan.FromSeconds(10));

        (await stream.Next()).Should().BeNull();
    }

    /// <summary>An answer whose client goes while the first bytes are written.</summary>
    private sealed class GoneStream(HttpContext context) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            context.Abort();
            throw new OperationCanceledException();
        }
    }
}
