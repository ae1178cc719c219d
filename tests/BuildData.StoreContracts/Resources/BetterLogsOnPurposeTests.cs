namespace BuildData.StoreContracts;

/// <summary>Behaviour of logs that differs from the reference system on purpose, apart from refused updates (<see cref="LogUpdatesTests"/>).</summary>
public abstract class BetterLogsOnPurposeTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task Slug_OfLettersBeyondAscii_IsFoundByPathAndFilter()
    {
        long stepId = await Updates.Step();
        AddedLog log = await Updates.AddLog(stepId, "prüfung");

        log.Slug.Should().Be("prüfung");
        (await Data.Get<StepLog>($"/steps/{stepId}/logs/{log.Slug}"))!.LogId.Should().Be(log.LogId);
        (await Data.GetAll<StepLog>($"/steps/{stepId}/logs?slug={log.Slug}")).Should().ContainSingle();
    }

    [Test]
    public async Task Event_OfASlugBeyondAscii_HasAnEncodedPathThatCanBeSubscribedTo()
    {
        long stepId = await Updates.Step();
        await using Subscription events = Data.Events.Subscribe($"/steps/{stepId}/logs/pr%C3%BCfung");

        await Updates.AddLog(stepId, "prüfung");

        (await events.Next(1))[0].Paths.Should().Contain($"/steps/{stepId}/logs/pr%C3%BCfung");
    }

    [Test]
    public async Task CarriageReturn_StaysAndEndsNoLine()
    {
        long logId = await Log("a\rb\r\nc\n");

        (await Content(logId)).Should().Be("a\rb\r\nc\n");
        (await Content(logId, "?offset=1")).Should().Be("c\n");
        (await Data.Get<RawLog>($"/logs/{logId}/raw"))!.Raw.Should().Be("a\rb\r\nc\n");
    }

    [Test]
    public async Task Line_OfMoreThan64Kilobytes_IsWhole()
    {
        string line = new('x', 200_000);
        long logId = await Log(line + "\nnext\n");

        (await Content(logId, "?limit=1")).Should().Be(line + "\n");
    }

    [Test]
    public async Task StdioLine_WithoutAStreamLetter_IsWholeInRaw()
    {
        long logId = await Log("oout\nno letter\n\neerr\n\n", LogType.Stdio);

        (await Data.Get<RawLog>($"/logs/{logId}/raw"))!.Raw.Should().EndWith("\nout\nno letter\n\nerr\n\n");
    }

    [TestCase("?offset=2")]
    [TestCase("?offset=2&limit=5")]
    [TestCase("?offset=9000000000000000000&limit=9000000000000000000")]
    [TestCase("?limit=0")]
    [TestCase("?offset=1&limit=0")]
    public async Task Window_OutsideTheLog_IsEmpty(string query) => (await Content(await Log("a\nb\n"), query)).Should().BeEmpty();

    [TestCase("?offset=-1")]
    [TestCase("?limit=-1")]
    public async Task Window_ThatIsNegative_IsAnInvalidQuery(string query)
    {
        long logId = await Log("a\n");

        await Data.Awaiting(data => data.Get<LogContents>($"/logs/{logId}/contents" + query)).Should().ThrowAsync<InvalidQueryException>();
    }

    [Test]
    public async Task Contains_SeveralValues_MatchesAllOfThem()
    {
        long stepId = await Updates.Step();
        await Updates.AddLog(stepId, "unit tests");
        await Updates.AddLog(stepId, "tests");

        (await Data.GetAll<StepLog>($"/steps/{stepId}/logs?name__contains=unit&name__contains=tests")).Should().ContainSingle().Which.Name.Should().Be("unit tests");
    }

    private async Task<long> Log(string content, LogType type = LogType.Text)
    {
        AddedLog log = await Updates.AddLog(await Updates.Step(), "log", type);
        await Updates.AppendLog(log.LogId, content);
        return log.LogId;
    }

    private async Task<string> Content(long logId, string query = "") => (await Data.Get<LogContents>($"/logs/{logId}/contents" + query))!.Content;
}
