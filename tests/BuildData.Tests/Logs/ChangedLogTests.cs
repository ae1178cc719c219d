using System.Text;

namespace BuildData.Tests;

/// <summary>A log changes while it is read. A reader returns all lines, or ends with an error, but never returns fewer lines.</summary>
internal abstract class ChangedLogTests(StoreKind kind) : MasterTests(kind)
{
    // Each line has a chunk of its own, so a reader needs many reads of the database.
    private const int Chunks = 1000;

    protected override void Configure(BuildDataOptions options) => options.SubscriberBuffer = 16;

    [Test]
    public async Task Read_ContentWasRemoved_IsAnError()
    {
        long log = await AddLog();
        await Master.RemoveContent(log);

        (await Data.Logs.Awaiting(logs => logs.Lines(log).ToListAsync().AsTask()).Should().ThrowAsync<LogContentRemovedException>()).Which.LogId.Should().Be(log);
        await Data.Logs.Awaiting(logs => logs.Last(log, 1)).Should().ThrowAsync<LogContentRemovedException>();
        await Data.Logs.Awaiting(logs => logs.Search(log, "x").ToListAsync().AsTask()).Should().ThrowAsync<LogContentRemovedException>();
        await Data.Logs.Awaiting(logs => logs.Tail(log).ToListAsync().AsTask()).Should().ThrowAsync<LogContentRemovedException>();
        await Data.Logs.Awaiting(logs => logs.OpenRaw(log)).Should().ThrowAsync<LogContentRemovedException>();
    }

    [Test]
    public async Task Lines_ContentIsRemovedMeanwhile_EndWithAnError()
    {
        long log = await AddLog();
        await using IAsyncEnumerator<string> lines = Data.Logs.Lines(log).GetAsyncEnumerator();
        await lines.MoveNextAsync();

        await Master.RemoveContent(log);

        int rest = 0;
        Func<Task> read = async () =>
        {
            while (await lines.MoveNextAsync())
                rest++;
        };
        await read.Should().ThrowAsync<LogContentRemovedException>();
        rest.Should().BeLessThan(Chunks - 1);
    }

    [Test]
    public async Task OpenRaw_ContentIsRemovedMeanwhile_EndsWithAnError()
    {
        long log = await AddLog();
        await using RawLogStream stream = await Data.Logs.OpenRaw(log);
        await stream.ReadExactlyAsync(new byte[5]);

        await Master.RemoveContent(log);

        await stream.Awaiting(one => one.CopyToAsync(Stream.Null)).Should().ThrowAsync<LogContentRemovedException>();
    }

    [Test]
    public async Task Tail_ContentIsRemovedMeanwhile_EndsWithAnError()
    {
        long log = await AddLog();
        await using IAsyncEnumerator<LogLine> tail = Data.Logs.Tail(log, Chunks).GetAsyncEnumerator();
        ValueTask<bool> next = tail.MoveNextAsync();

        await Master.RemoveContent(log);

        await next.AsTask().WaitAsync(Given.Patience).Awaiting(task => task).Should().ThrowAsync<LogContentRemovedException>();
    }

    [Test]
    public async Task Lines_ChunksAreMergedMeanwhile_AreAllLines()
    {
        long log = await AddLog();
        await using IAsyncEnumerator<string> lines = Data.Logs.Lines(log).GetAsyncEnumerator();
        await lines.MoveNextAsync();

        await Master.Merge(log, string.Concat(Enumerable.Range(0, Chunks).Select(i => $"{i}\n")));

        for (int i = 1; i < Chunks; i++)
        {
            (await lines.MoveNextAsync()).Should().BeTrue();
            lines.Current.Should().Be($"{i}");
        }

        (await lines.MoveNextAsync()).Should().BeFalse();
    }

    [Test]
    public async Task OpenRaw_ChunkGrowsPastTheEndMeanwhile_EndsWhereTheLogEnded()
    {
        long log = await AddLog();
        await using RawLogStream stream = await Data.Logs.OpenRaw(log);
        var bytes = new MemoryStream();
        byte[] buffer = new byte[1];
        await stream.ReadExactlyAsync(buffer);
        bytes.Write(buffer);

        await Updates.AppendLog(log, "later\n");
        await Master.Merge(log, string.Concat(Enumerable.Range(0, Chunks).Select(i => $"{i}\n")) + "later\n");
        await stream.CopyToAsync(bytes);

        Encoding.UTF8.GetString(bytes.ToArray()).Should().Be(string.Concat(Enumerable.Range(0, Chunks).Select(i => $"{i}\n")));
    }

    [TestCase("DELETE FROM log_chunks WHERE log_id = $1 AND first_line = 500")]
    [TestCase("DELETE FROM log_chunks WHERE log_id = $1 AND first_line >= 500")]
    [TestCase("UPDATE log_chunks SET num_bytes = 100 WHERE log_id = $1 AND first_line = 500")]
    [TestCase("UPDATE log_chunks SET content = NULL WHERE log_id = $1 AND first_line = 500")]
    public async Task Lines_ChunkIsMissingOrDamaged_EndWithAnError(string damage)
    {
        long log = await AddLog();
        await Master.Execute(damage, log);

        await Data.Logs.Awaiting(logs => logs.Lines(log).ToListAsync().AsTask()).Should().ThrowAsync<StoreException>();
        (await Data.Logs.Lines(log, lastLine: 499).ToListAsync()).Should().HaveCount(500);
    }

    [Test]
    public async Task Tail_SlowReader_KeepsOneEventAndMissesNoLine()
    {
        long log = await AddLog();
        await using IAsyncEnumerator<LogLine> tail = Data.Logs.Tail(log, Chunks).GetAsyncEnumerator();
        ValueTask<bool> next = tail.MoveNextAsync();
        await Updates.AppendLog(log, $"{Chunks}\n");
        (await next.AsTask().WaitAsync(Given.Patience)).Should().BeTrue();

        for (int i = 1; i <= 100; i++)
            await Updates.AppendLog(log, $"{Chunks + i}\n");

        Master.Events.Dispatcher.MeasureBacklog().Should().Be((1, 1));
        for (int i = 1; i <= 100; i++)
        {
            (await tail.MoveNextAsync()).Should().BeTrue();
            tail.Current.Should().Be(new LogLine(Chunks + i, $"{Chunks + i}"));
        }
    }

    [Test]
    public async Task Tail_EventsAreLost_ReadsOn()
    {
        long log = await AddLog();
        await using IAsyncEnumerator<LogLine> tail = Data.Logs.Tail(log, Chunks).GetAsyncEnumerator();
        ValueTask<bool> next = tail.MoveNextAsync();
        while (Master.Events.Dispatcher.MeasureBacklog().Subscribers == 0)
            await Task.Yield();

        Master.Events.Dispatcher.EndAllAsLost(Data.Events.LastSequence);
        await Updates.AppendLog(log, "after\n");

        (await next.AsTask().WaitAsync(Given.Patience)).Should().BeTrue();
        tail.Current.Text.Should().Be("after");
    }

    [Test]
    public async Task Tail_DatabaseHasLostLines_EndsWithAnError()
    {
        long log = await AddLog();
        await using IAsyncEnumerator<LogLine> tail = Data.Logs.Tail(log, Chunks - 1).GetAsyncEnumerator();
        await tail.MoveNextAsync();
        ValueTask<bool> next = tail.MoveNextAsync();

        await Master.Execute("DELETE FROM log_chunks WHERE log_id = $1 AND first_line >= 500", log);
        await Master.Execute("UPDATE logs SET num_lines = 500 WHERE id = $1", log);
        Master.Events.Dispatcher.EndAllAsLost(Data.Events.LastSequence);

        await next.AsTask().WaitAsync(Given.Patience).Awaiting(task => task).Should().ThrowAsync<StoreException>().WithMessage("*lost lines*");
    }

    [Test]
    public async Task Tail_Ended_IsNoSubscriberAnyMore()
    {
        long log = await AddLog();
        await foreach (LogLine _ in Data.Logs.Tail(log))
            break;
        Master.Events.Dispatcher.MeasureBacklog().Subscribers.Should().Be(0);

        await Updates.FinishLog(log);
        (await Data.Logs.Tail(log).CountAsync()).Should().Be(Chunks);
        Master.Events.Dispatcher.MeasureBacklog().Subscribers.Should().Be(0);
    }

    private async Task<long> AddLog()
    {
        long log = (await Updates.AddLog(await Updates.Step(), "stdio")).LogId;
        await Task.WhenAll(Enumerable.Range(0, Chunks).Select(i => Updates.AppendLog(log, $"{i}\n")));
        return log;
    }
}
