using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using System.Text.Json;
using BuildData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace BuildData.AspNetCore.Tests;

/// <summary>WebSockets, as the reference's user interface speaks to them.</summary>
internal sealed class WebSocketTests
{
    [Test]
    public async Task Command_Ping_IsAnsweredWithItsId()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await using WebSocketClient socket = await program.OpenSocket();

        JsonElement answer = await socket.Command("ping");

        answer.ToString().Should().Be("""{"msg":"pong","code":200,"_id":1}""");
    }

    [TestCase("builds/*/*")]
    [TestCase("changes/*/*")]
    [TestCase("no/such/path")]
    [TestCase("")]
    public async Task StartConsuming_AnyPath_IsAcknowledged(string path)
    {
        await using WebProgram program = await WebProgram.StartApi();
        await using WebSocketClient socket = await program.OpenSocket();

        JsonElement answer = await socket.Command("startConsuming", path);

        answer.ToString().Should().Be("""{"msg":"OK","code":200,"_id":1}""");
    }

    [TestCase("not json")]
    [TestCase("{\"cmd\":\"\\ud800\"}")]
    [TestCase("{\"cmd\":\"ping\",\"_id\":\"\\ud800\"}")]
    [TestCase("{\"cmd\":\"startConsuming\",\"path\":\"\\ud800\"}")]
    [TestCase("{\"\\ud800\":1}")]
    [TestCase("[]")]
    [TestCase("""{"cmd":"startConsuming"}""")]
    [TestCase("""{"cmd":7,"path":{}}""")]
    [TestCase("""{"cmd":"dance"}""")]
    public async Task Command_Malformed_IsAnErrorAndTheSocketLives(string command)
    {
        await using WebProgram program = await WebProgram.StartApi();
        await using WebSocketClient socket = await program.OpenSocket();

        await socket.SendText(command);
        JsonElement answer = (await socket.ReceiveMessage())!.Value;

        answer.GetProperty("code").GetInt32().Should().Be(400);
        (await socket.Command("ping")).GetProperty("code").GetInt32().Should().Be(200);
    }

    [Test]
    public async Task Event_OfASubscribedPath_HasKeyAndWholeResourceWithProperties()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.SetBuildProperty(build.BuildId, "owner", ("ann", "test"));
        await using WebSocketClient socket = await program.OpenSocket();
        await socket.Consume("builds/*/*");

        await program.Updates.FinishBuild(build.BuildId, BuildResult.Success);
        (string key, JsonElement resource) = await socket.Next();

        key.Should().Be($"builds/{build.BuildId}/finished");
        resource.GetProperty("results").GetInt32().Should().Be(0);
        resource.GetProperty("properties").GetProperty("owner").ToString().Should().Be("""["ann","test"]""");
    }

    [Test]
    public async Task Event_ThatSeveralPatternsMatch_IsSentOnceUnderEachKey()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await using WebSocketClient socket = await program.OpenSocket();
        await socket.Consume("builds/*/*", $"builds/{build.BuildId}/*", $"builders/*/builds/*/*", "builds/*/finished");

        await program.Updates.FinishBuild(build.BuildId, BuildResult.Success);
        string[] keys = [(await socket.Next()).Key, (await socket.Next()).Key];
        await program.Updates.SetBuildStateString(build.BuildId, "next");
        string next = (await socket.Next()).Key;

        keys.Should().BeEquivalentTo($"builds/{build.BuildId}/finished", $"builders/1/builds/1/finished");
        next.Should().EndWith("/update");
    }

    [Test]
    public async Task StopConsuming_APath_EndsItsEventsOnly()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await using WebSocketClient socket = await program.OpenSocket();
        await socket.Consume("builds/*/*", "steps/*/*");

        await socket.Command("stopConsuming", "builds/*/*");
        await program.Updates.SetBuildStateString(build.BuildId, "unseen");
        await program.Updates.NewStep(build.BuildId, "seen");

        (await socket.Next()).Key.Should().Be("steps/1/new");
    }

    [Test]
    public async Task Events_OfConcurrentUpdates_ArriveInCommitOrderAndNoneIsLost()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild[] builds = [await program.Updates.AddTestBuild("a"), await program.Updates.AddTestBuild("b"), await program.Updates.AddTestBuild("c")];
        await using WebSocketClient first = await program.OpenSocket();
        await using WebSocketClient second = await program.OpenSocket();
        await first.Consume("builds/*/*");
        await second.Consume("builds/*/*", "steps/*/*");

        await Task.WhenAll(builds.Select(async build =>
        {
            for (int i = 0; i < 500; i++)
                await program.Updates.SetBuildStateString(build.BuildId, $"{i}");
        }));

        List<string> ofFirst = await ReadStates(first, 1500);
        List<string> ofSecond = await ReadStates(second, 1500);
        ofFirst.Should().Equal(ofSecond);
        foreach (TestBuild build in builds)
            ofFirst.Where(state => state.StartsWith($"{build.BuildId}:", StringComparison.Ordinal)).Should().Equal(Enumerable.Range(0, 500).Select(i => $"{build.BuildId}:{i}"));
    }

    [Test]
    public async Task Read_AfterTheAcknowledgement_AndEvents_MissNoChange()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        using var stop = new CancellationTokenSource();
        int last = 0;
        Task writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await program.Updates.SetBuildStateString(build.BuildId, $"{++last}");
        });

        for (int i = 0; i < 20; i++)
        {
            await using WebSocketClient socket = await program.OpenSocket();
            await socket.Consume("builds/*/*");
            JsonElement read = await program.GetJson($"/api/v2/builds/{build.BuildId}");
            int known = int.Parse(read.GetProperty("builds")[0].GetProperty("state_string").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
            int next;
            do
                next = int.Parse((await socket.Next()).Resource.GetProperty("state_string").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
            while (next < known);
            next.Should().BeInRange(known, known + 1);
        }

        await stop.CancelAsync();
        await writing;
    }

    [Test]
    public async Task Client_ThatReadsNothing_IsClosedAndOthersReceiveEverything()
    {
        await using WebProgram program = await WebProgram.StartApi();
        TestBuild build = await program.Updates.AddTestBuild("linux");
        await program.Updates.SetBuildProperty(build.BuildId, "large", (new string('x', 20_000), "test"));
        await using WebSocketClient slow = await program.OpenSocket();
        await using WebSocketClient other = await program.OpenSocket();
        await slow.Consume("builds/*/*");
        await other.Consume("builds/*/*");

        for (int i = 0; i < 15; i++)
        {
            Task<List<string>> reading = ReadStates(other, 100);
            for (int j = 0; j < 100; j++)
                await program.Updates.SetBuildStateString(build.BuildId, $"{i} {j}");
            (await reading).Should().HaveCount(100);
        }

        int received = 0;
        Func<Task> readAll = async () =>
        {
            while (await slow.ReceiveMessage() is not null)
                received++;
            throw new WebSocketException("The server has closed the socket.");
        };
        await readAll.Should().ThrowAsync<WebSocketException>();
        received.Should().BeLessThan(1500);
    }

    [Test]
    public async Task Command_TooLong_ClosesTheSocket()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await using WebSocketClient socket = await program.OpenSocket();

        await socket.SendText(new string(' ', 100_000));
        JsonElement? message = await socket.ReceiveMessage();

        message.Should().BeNull();
        socket.Socket.CloseStatus.Should().Be(WebSocketCloseStatus.MessageTooBig);
    }

    [Test]
    public async Task Socket_FromAPageOfAnotherSite_IsRefused()
    {
        await using WebProgram program = await WebProgram.StartApi();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://evil.example");

        Func<Task> open = () => socket.ConnectAsync(new Uri($"ws://{program.Address.Authority}/api/v2/ws"), CancellationToken.None);

        (await open.Should().ThrowAsync<WebSocketException>()).WithMessage("*403*");
    }

    [Test]
    public async Task Get_TheSocketWithoutUpgrade_IsABadRequest()
    {
        await using WebProgram program = await WebProgram.StartApi();

        (await program.GetError("/api/v2/ws")).Status.Should().Be(400);
    }

    [Test]
    public async Task Stop_OfTheProgram_ClosesSocketsAtOnce()
    {
        await using WebProgram program = await WebProgram.StartApi();
        await using WebSocketClient socket = await program.OpenSocket();
        await socket.Consume("builds/*/*");

        Task stopping = program.Stop();
        JsonElement? message = await socket.ReceiveMessage();
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));

        message.Should().BeNull();
        socket.Socket.CloseStatus.Should().Be(WebSocketCloseStatus.EndpointUnavailable);
    }

    [Test]
    public async Task Sockets_ThatCloseOrVanish_LeaveNoSubscriptionBehind()
    {
        await using WebProgram program = await WebProgram.StartApi();
        for (int i = 0; i < 50; i++)
        {
            await using WebSocketClient socket = await program.OpenSocket();
            await socket.Consume("builds/*/*");
            if (i % 2 == 0)
                await socket.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
            else
                socket.Socket.Abort();
        }

        await Eventually(() => SubscriberCount(program) == 0);
    }

    private static int SubscriberCount(WebProgram program)
    {
        using var collector = new MetricCollector<int>(program.Services.GetRequiredService<IMeterFactory>(), "BuildData", "builddata.subscribers");
        collector.RecordObservableInstruments();
        return collector.LastMeasurement!.Value;
    }

    private static async Task Eventually(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(10, timeout.Token);
    }

    private static async Task<List<string>> ReadStates(WebSocketClient socket, int count)
    {
        List<string> states = [];
        while (states.Count < count)
        {
            (_, JsonElement build) = await socket.Next();
            states.Add($"{build.GetProperty("buildid")}:{build.GetProperty("state_string").GetString()}");
        }

        return states;
    }
}
