using System.Text;

namespace BuildData.StoreContracts;

/// <summary>Logs of steps get lines, which are read back as they were written.</summary>
public abstract class LogUpdatesTests(StoreKind kind) : MasterTests(kind)
{
    [TestCase("append")]
    [TestCase("finish")]
    public async Task Update_OfAnUnknownLog_NamesIt(string update)
    {
        Func<Task> act = () => update == "append" ? Updates.AppendLog(77, "a\n") : Updates.FinishLog(77);

        (await act.Should().ThrowAsync<ResourceNotFoundException>()).Which.Should().BeEquivalentTo(new { Kind = "log", Id = 77L });
    }

    [Test]
    public async Task AddLog_ToAnUnknownStep_NamesIt() =>
        (await Updates.Awaiting(updates => updates.AddLog(77, "stdio")).Should().ThrowAsync<ResourceNotFoundException>()).Which.Kind.Should().Be("step");

    [Test]
    public async Task AppendLog_AfterFinish_IsRefusedAndChangesNothing()
    {
        long logId = await Log();
        await Updates.AppendLog(logId, "a\n");
        await Updates.FinishLog(logId);
        StepLog before = (await Data.Get<StepLog>($"/logs/{logId}"))!;

        (await Updates.Awaiting(updates => updates.AppendLog(logId, "b\n")).Should().ThrowAsync<UpdateRefusedException>()).Which.Kind.Should().Be("log");

        (await Data.Get<StepLog>($"/logs/{logId}")).Should().Be(before);
        (await Content(logId)).Should().Be("a\n");
    }

    [Test]
    public async Task FinishLog_Twice_AnnouncesItOnce()
    {
        long logId = await Log();
        Subscription events = Data.Events.Subscribe($"/logs/{logId}");

        await Updates.FinishLog(logId);
        await Updates.FinishLog(logId);

        await events.DisposeAsync();
        (await events.Rest()).Select(e => e.Name).Should().Equal("finished");
    }

    [TestCase("")]
    [TestCase("no end")]
    [TestCase("a\nb")]
    [TestCase("a\r")]
    public async Task AppendLog_TextThatIsNotWholeLines_IsRefused(string text)
    {
        long logId = await Log();

        await Updates.Awaiting(updates => updates.AppendLog(logId, text)).Should().ThrowAsync<ArgumentException>().WithParameterName("lines");
        await Updates.Awaiting(updates => updates.AppendLog(logId, Encoding.UTF8.GetBytes(text))).Should().ThrowAsync<ArgumentException>().WithParameterName("lines");

        (await Data.Get<StepLog>($"/logs/{logId}"))!.NumLines.Should().Be(0);
    }

    [Test]
    public async Task AddLog_EmptyName_IsRefused() =>
        await FluentActions.Awaiting(() => Updates.AddLog(1, "")).Should().ThrowAsync<ArgumentException>().WithParameterName("name");

    [TestCase(LogType.Removed)]
    [TestCase((LogType)9)]
    public async Task AddLog_TypeOfNoNewLog_IsRefused(LogType type) =>
        await FluentActions.Awaiting(() => Updates.AddLog(1, "x", type)).Should().ThrowAsync<ArgumentException>().WithParameterName(nameof(type));

    [Test]
    public async Task AppendLog_InvalidUtf8_IsReplacedAndCounted()
    {
        long logId = await Log();

        await Updates.AppendLog(logId, new byte[] { (byte)'a', 0xFF, (byte)'b', 0xE2, 0x82, (byte)'c', 0xF0, 0x9F, 0x9A, 0x80, 0xC0, 0xAF, (byte)'\n' });

        (await Content(logId)).Should().Be("a\uFFFDb\uFFFDc🚀\uFFFD\uFFFD\n");
        (await Data.Get<StepLog>($"/logs/{logId}"))!.NumReplaced.Should().Be(4);
    }

    [Test]
    public async Task AppendLog_LoneSurrogates_AreReplacedAndCounted()
    {
        long logId = await Log();

        await Updates.AppendLog(logId, "a\uD83Db\uDE80\n");

        (await Content(logId)).Should().Be("a\uFFFDb\uFFFD\n");
        (await Data.Get<StepLog>($"/logs/{logId}"))!.NumReplaced.Should().Be(2);
    }

    [Test]
    public async Task AppendLog_RandomBytes_AreReadAsDotNetReadsThem()
    {
        var random = new Random(15);
        long logId = await Log();
        var all = new List<byte>();
        for (int i = 0; i < 60; i++)
        {
            byte[] lines = new byte[random.Next(1, 3000)];
            random.NextBytes(lines);
            lines[^1] = (byte)'\n';
            all.AddRange(lines);
            await Updates.AppendLog(logId, lines);
        }

        (await Content(logId)).Should().Be(Encoding.UTF8.GetString([.. all]));
        (await Data.Get<StepLog>($"/logs/{logId}"))!.NumLines.Should().Be(all.Count(value => value == '\n'));
    }

    [Test]
    public async Task AppendLog_LineOf10Megabytes_IsWhole()
    {
        long logId = await Log();
        string line = string.Concat(Enumerable.Range(0, 1_250_000).Select(i => $"{i:x8}"));

        await Updates.AppendLog(logId, "before\n" + line + "\nafter\n");

        (await Content(logId, "?offset=1&limit=1")).Should().Be(line + "\n");
        (await Content(logId, "?offset=2")).Should().Be("after\n");
    }

    [Test]
    public async Task Contents_OfRandomRanges_AreThoseOfAModel()
    {
        var random = new Random(16);
        long logId = await Log();
        var model = new List<string>();
        for (int i = 0; i < 40; i++)
        {
            string[] lines = [.. Enumerable.Range(0, random.Next(1, 400)).Select(_ => new string('x', random.Next(0, 2000)) + $" {model.Count}\n")];
            model.AddRange(lines);
            await Updates.AppendLog(logId, string.Concat(lines));
        }

        for (int i = 0; i < 60; i++)
        {
            int offset = random.Next(0, model.Count + 10);
            int limit = random.Next(0, 500);

            (await Content(logId, $"?offset={offset}&limit={limit}")).Should().Be(string.Concat(model.Skip(offset).Take(limit)));
        }
    }

    [Test]
    public async Task AddLog_SameNameManyTimes_GivesEachItsSlug()
    {
        long stepId = await Step();

        string[] slugs = [.. (await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => Updates.AddLog(stepId, "stdio", LogType.Stdio)))).Select(log => log.Slug)];

        slugs.Should().BeEquivalentTo(Enumerable.Range(1, 300).Select(number => number == 1 ? "stdio" : $"stdio_{number}"));
    }

    [Test]
    public async Task AppendLog_ManyAtOnce_KeepsEachWholeAndInOnePlace()
    {
        long logId = await Log();

        AppendedLines[] added = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Updates.AppendLog(logId, $"{i} a\n{i} b\n")));

        string[] lines = (await Content(logId)).Split('\n')[..^1];
        lines.Should().HaveCount(400);
        for (int i = 0; i < added.Length; i++)
            lines[(int)added[i].FirstLine..(int)(added[i].LastLine + 1)].Should().Equal($"{i} a", $"{i} b");
    }

    [Test]
    public async Task Transaction_ThatFails_AddsNoLines()
    {
        long logId = await Log();

        Func<Task> act = () => Updates.Transaction(async updates =>
        {
            await updates.AppendLog(logId, "a\n");
            throw new InvalidOperationException("no");
        });

        await act.Should().ThrowAsync<InvalidOperationException>();
        (await Content(logId)).Should().BeEmpty();
    }

    [Test]
    public async Task Watch_OfTheLogsOfAStep_FollowsThem()
    {
        long stepId = await Step();
        await using Watch<StepLog> watch = await Data.Watch<StepLog>($"/steps/{stepId}/logs?num_lines__ge=1");

        AddedLog log = await Updates.AddLog(stepId, "stdio", LogType.Stdio);
        await Updates.AppendLog(log.LogId, "oa\n");
        await Updates.FinishLog(log.LogId);

        (await watch.Next(2)).Select(change => (change.EventName, change.Resource.NumLines, change.Resource.Complete))
            .Should().Equal(("append", 1, false), ("finished", 1, true));
    }

    [Test]
    public async Task Watch_OfContents_IsRefusedWithAnAlternative()
    {
        long logId = await Log();

        await Data.Awaiting(data => data.Watch(new ContentsOfLog(logId))).Should().ThrowAsync<InvalidPathException>().WithMessage("*Logs.Tail*");
    }

    [Test]
    public async Task WaitFor_TheEndOfALog_ReturnsIt()
    {
        long logId = await Log();
        Task<StepLog> waiting = Data.WaitFor<StepLog>($"/logs/{logId}", "finished");

        await Updates.FinishLog(logId);

        (await waiting).Complete.Should().BeTrue();
    }

    private async Task<long> Step() => await Updates.Step();

    private async Task<long> Log() => (await Updates.AddLog(await Step(), "text")).LogId;

    private async Task<string> Content(long logId, string query = "") => (await Data.Get<LogContents>($"/logs/{logId}/contents" + query))!.Content;
}
