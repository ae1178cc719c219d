namespace BuildData.StoreContracts;

/// <summary>A tail returns each line of a log once and in order, until the log is finished.</summary>
public abstract class LogTailTests(StoreKind kind) : MasterTests(kind)
{
    private readonly Random _random = new(8);

    [Test]
    public async Task Tail_FinishedLog_ReturnsItsLinesAndEnds()
    {
        RandomLog log = await RandomLog.Create(Updates, LogType.Text, _random);
        await log.Append(Updates, 500);
        await Updates.FinishLog(log.LogId);

        (await Data.Logs.Tail(log.LogId).ToListAsync()).Should().Equal(Numbered(log));
        (await Data.Logs.Tail(log.LogId, firstLine: 490).ToListAsync()).Should().Equal(Numbered(log).Skip(490));
        (await Data.Logs.Tail(log.LogId, firstLine: 501).ToListAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Tail_BesideTheWriter_ReturnsEachLineOnce()
    {
        RandomLog log = await RandomLog.Create(Updates, LogType.Stdio, _random);
        await log.Append(Updates, 50);
        Task<List<LogLine>>[] tails = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() => Data.Logs.Tail(log.LogId).ToListAsync().AsTask()))];

        for (int i = 0; i < 200; i++)
            await log.Append(Updates, _random.Next(1, 20));
        await Updates.FinishLog(log.LogId);

        foreach (Task<List<LogLine>> tail in tails)
            (await tail.WaitAsync(Given.Patience)).Should().Equal(Numbered(log));
    }

    [Test]
    public async Task Tail_NothingNew_WaitsForTheNextLine()
    {
        long log = await AddLog();
        await using IAsyncEnumerator<LogLine> tail = Data.Logs.Tail(log).GetAsyncEnumerator();
        ValueTask<bool> next = tail.MoveNextAsync();
        next.IsCompleted.Should().BeFalse("there is no line");

        await Updates.AppendLog(log, "first\n");

        (await next.AsTask().WaitAsync(Given.Patience)).Should().BeTrue();
        tail.Current.Should().Be(new LogLine(0, "first"));
        ValueTask<bool> end = tail.MoveNextAsync();
        await Updates.FinishLog(log);
        (await end.AsTask().WaitAsync(Given.Patience)).Should().BeFalse();
    }

    [Test]
    public async Task Tail_FromALaterLine_WaitsForIt()
    {
        long log = await AddLog();
        await using IAsyncEnumerator<LogLine> tail = Data.Logs.Tail(log, firstLine: 2).GetAsyncEnumerator();
        ValueTask<bool> next = tail.MoveNextAsync();

        await Updates.AppendLog(log, "0\n1\n");
        await Updates.AppendLog(log, "2\n");

        (await next.AsTask().WaitAsync(Given.Patience)).Should().BeTrue();
        tail.Current.Should().Be(new LogLine(2, "2"));
    }

    [Test]
    public async Task Tail_CancelledAndResumedManyTimes_ReturnsEachLineOnce()
    {
        RandomLog log = await RandomLog.Create(Updates, LogType.Text, _random);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 300; i++)
                await log.Append(Updates, 5);
            await Updates.FinishLog(log.LogId);
        });
        var lines = new List<LogLine>();

        for (int i = 0; i < 20; i++)
        {
            using var cancel = new CancellationTokenSource();
            int end = lines.Count + 1 + (i * 7);
            try
            {
                await foreach (LogLine line in Data.Logs.Tail(log.LogId, lines.Count, cancel.Token))
                {
                    lines.Add(line);
                    if (lines.Count == end)
                        await cancel.CancelAsync();
                }
            }
            catch (OperationCanceledException)
            {
                continue;
            }
        }

        await foreach (LogLine line in Data.Logs.Tail(log.LogId, lines.Count))
            lines.Add(line);
        await writing;
        lines.Should().Equal(Numbered(log));
    }

    [Test]
    public async Task Tail_BuildIsRemoved_EndsWithAnError()
    {
        Build build = (await Updates.AddFinished(Data, count: 2))[0];
        Step step = (await Data.GetAll<Step>($"/builds/{build.BuildId}/steps"))[0];
        long log = (await Updates.AddLog(step.StepId, "late")).LogId;
        await using IAsyncEnumerator<LogLine> tail = Data.Logs.Tail(log).GetAsyncEnumerator();
        ValueTask<bool> next = tail.MoveNextAsync();
        Clock.Advance(TimeSpan.FromDays(40));

        await Updates.Prune(new HistoryPolicy(TimeSpan.FromDays(30), atLeastPerBuilder: 0));

        (await next.AsTask().WaitAsync(Given.Patience).Awaiting(task => task).Should().ThrowAsync<ResourceNotFoundException>()).Which.Id.Should().Be(log);
        await Data.Logs.Awaiting(logs => logs.Last(log, 1)).Should().ThrowAsync<ResourceNotFoundException>();
    }

    [Test]
    public async Task Tail_MasterIsDisposed_EndsWithAnError()
    {
        long log = await AddLog();
        await using IAsyncEnumerator<LogLine> tail = Data.Logs.Tail(log).GetAsyncEnumerator();
        ValueTask<bool> next = tail.MoveNextAsync();

        await Master.DisposeAsync();

        await next.AsTask().WaitAsync(Given.Patience).Awaiting(task => task).Should().ThrowAsync<ObjectDisposedException>();
    }

    private static IEnumerable<LogLine> Numbered(RandomLog log) => log.Lines.Select((line, number) => new LogLine(number, line));

    private async Task<long> AddLog() => (await Updates.AddLog(await Updates.Step(), "stdio")).LogId;
}
