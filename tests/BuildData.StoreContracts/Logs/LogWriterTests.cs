using System.Text;

namespace BuildData.StoreContracts;

public abstract class LogWriterTests(StoreKind kind) : MasterTests(kind)
{
    private static readonly TimeSpan BatchTime = new LogWriterOptions().BatchTime;

    [Test]
    public async Task Write_PiecesOfLines_StoresWholeLines()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");

        writer.Write("on");
        await writer.WriteAsync("e\nt");
        await writer.BaseStream.WriteAsync("wo"u8.ToArray());
        writer.WriteLine();
        await writer.WriteLineAsync($"number {3.5}");
        await writer.FlushAsync();

        (await Data.Text(writer.LogId)).Should().Be("one\ntwo\nnumber 3.5\n");
    }

    [Test]
    public async Task Flush_LineIsNotComplete_StoresOnlyTheLinesBefore()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");

        await writer.WriteAsync("whole\npart");
        await writer.FlushAsync();

        (await Data.Text(writer.LogId)).Should().Be("whole\n");
    }

    [Test]
    public async Task Dispose_LineIsNotComplete_CompletesItAndFinishesTheLog()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");
        await writer.WriteAsync("whole\npart");

        await writer.DisposeAsync();

        (await Data.Text(writer.LogId)).Should().Be("whole\npart\n");
        (await Data.Log(writer.LogId)).Should().BeEquivalentTo(new { Complete = true, NumLines = 2, NumBytes = 11, Type = LogType.Text });
    }

    [Test]
    public async Task Dispose_Synchronously_StoresEverythingAndFinishesTheLog()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "page", LogType.Html);
        writer.Write("<p>");

        writer.Dispose();

        (await Data.Text(writer.LogId)).Should().Be("<p>\n");
        (await Data.Log(writer.LogId)).Should().BeEquivalentTo(new { Complete = true, Type = LogType.Html });
    }

    [Test]
    public async Task Dispose_Twice_DoesNothingMore()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");
        await using Subscription events = Data.Events.Subscribe("/logs/*");
        await writer.WriteLineAsync("line");

        await writer.DisposeAsync();
        await writer.DisposeAsync();
        writer.Dispose();

        await Updates.AddLog(await Updates.Step(), "last");
        (await events.Next(3)).Select(e => e.Name).Should().Equal("append", "finished", "new");
    }

    [Test]
    public async Task Write_LineWaitsForTheBatchTime_IsStored()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");
        await using Subscription events = Data.Events.Subscribe("/logs/*");
        writer.WriteLine("line");
        Clock.Advance(BatchTime - TimeSpan.FromMilliseconds(1));
        long linesBefore = (await Data.Log(writer.LogId)).NumLines;

        Clock.Advance(TimeSpan.FromMilliseconds(1));

        (await events.Next(1)).Select(e => ((StepLog)e.Resource).NumLines).Should().Equal(1);
        linesBefore.Should().Be(0);
    }

    [Test]
    public async Task Write_BatchSizeIsReached_IsStoredWithoutAFlush()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: new() { BatchSize = 10 });
        await using Subscription events = Data.Events.Subscribe("/logs/*");

        writer.Write("1234\n5678\n");

        (await events.Next(1)).Select(e => ((StepLog)e.Resource).NumLines).Should().Equal(2);
    }

    [Test]
    public async Task Write_WhileABatchIsStored_IsTheNextBatch()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: new() { BatchSize = 10 });
        await using Subscription events = Data.Events.Subscribe("/logs/*");
        writer.WriteLine("first");
        using BlockedUpdate blocked = await BlockedUpdate.Start(Clock, () => writer.FlushAsync());
        for (int i = 0; i < 1000; i++)
            writer.WriteLine("next");

        blocked.Release();
        await writer.FlushAsync();

        (await events.Next(2)).Select(e => ((StepLog)e.Resource).NumLines).Should().Equal(1, 1001);
    }

    [Test]
    public async Task Flush_WhileAnEarlierBatchIsStored_WaitsForItsOwnLines()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");
        writer.WriteLine("first");
        using BlockedUpdate blocked = await BlockedUpdate.Start(Clock, () => writer.FlushAsync());
        writer.WriteLine("second");

        Task flushed = writer.FlushAsync();

        bool isEarly = flushed.IsCompleted;
        blocked.Release();
        await flushed;
        isEarly.Should().BeFalse();
        (await Data.Text(writer.LogId)).Should().Be("first\nsecond\n");
    }

    [Test]
    public async Task Flush_Cancelled_StoresTheLines()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");
        using var cancellation = new CancellationTokenSource();
        writer.WriteLine("line");
        using BlockedUpdate blocked = await BlockedUpdate.Start(Clock, () => writer.FlushAsync());
        Task flushed = writer.FlushAsync(cancellation.Token);

        await cancellation.CancelAsync();

        await flushed.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        blocked.Completion.IsCompleted.Should().BeFalse("the flush does not wait for the commit");
        blocked.Release();
        await blocked.Completion;
        (await Data.Text(writer.LogId)).Should().Be("line\n");
    }

    [Test]
    public async Task WriteAsync_BufferIsFull_WaitsForACommit()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: new() { BufferSize = 10 });
        writer.WriteLine("12345678");
        using BlockedUpdate blocked = await BlockedUpdate.Start(Clock, () => writer.FlushAsync());

        Task written = writer.WriteLineAsync("next");

        bool isEarly = written.IsCompleted;
        blocked.Release();
        await written;
        await writer.FlushAsync();
        isEarly.Should().BeFalse();
        (await Data.Text(writer.LogId)).Should().Be("12345678\nnext\n");
    }

    [Test]
    public async Task WriteAsync_Cancelled_StopsWaiting()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: new() { BufferSize = 10 });
        using var cancellation = new CancellationTokenSource();
        writer.WriteLine("12345678");
        using BlockedUpdate blocked = await BlockedUpdate.Start(Clock, () => writer.FlushAsync());
        Task written = writer.WriteLineAsync("next".AsMemory(), cancellation.Token);

        await cancellation.CancelAsync();

        await written.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        blocked.Completion.IsCompleted.Should().BeFalse("the write does not wait for the commit");
        blocked.Release();
    }

    [Test]
    public async Task Write_BufferIsFull_BlocksUntilACommit()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: new() { BufferSize = 10 });
        writer.WriteLine("12345678");
        using BlockedUpdate blocked = await BlockedUpdate.Start(Clock, () => writer.FlushAsync());

        Task written = Task.Run(() => writer.WriteLine("next"));

        bool isEarly = written.IsCompleted;
        blocked.Release();
        await written;
        writer.Flush();
        isEarly.Should().BeFalse();
        (await Data.Text(writer.LogId)).Should().Be("12345678\nnext\n");
    }

    [Test]
    public async Task Write_BufferIsSmall_StoresAllWithoutATimer()
    {
        await using LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: new() { BufferSize = 100 });

        for (int i = 0; i < 1000; i++)
            writer.WriteLine($"line {i}");
        writer.Flush();

        (await Data.Text(writer.LogId)).Should().Be(string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n")));
    }

    [Test]
    public async Task Write_AfterDispose_Throws()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");
        await writer.DisposeAsync();

        writer.Invoking(w => w.Write('c')).Should().Throw<ObjectDisposedException>();
        await writer.Awaiting(w => w.WriteLineAsync("line")).Should().ThrowAsync<ObjectDisposedException>();
        writer.Invoking(w => w.BaseStream.Write([1])).Should().Throw<ObjectDisposedException>();
        await writer.Awaiting(w => w.FlushAsync()).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Dispose_WhileWritesWait_EndsTheirWait()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile", options: new() { BufferSize = 10 });
        writer.WriteLine("12345678");
        using BlockedUpdate blocked = await BlockedUpdate.Start(Clock, () => writer.FlushAsync());
        Task waiting = writer.WriteLineAsync("next");
        Task blockedWrite = Task.Run(() => writer.WriteLine("next"));

        ValueTask disposed = writer.DisposeAsync();

        await waiting.Awaiting(task => task).Should().ThrowAsync<ObjectDisposedException>();
        await blockedWrite.Awaiting(task => task).Should().ThrowAsync<ObjectDisposedException>();
        blocked.Completion.IsCompleted.Should().BeFalse("the writes do not wait for the commit");
        blocked.Release();
        await disposed;
        (await Data.Log(writer.LogId)).Should().BeEquivalentTo(new { Complete = true, NumLines = 1 });
    }

    [Test]
    public async Task Write_MasterIsDisposed_Throws()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");
        writer.WriteLine("line");
        await Master.DisposeAsync();

        await writer.Awaiting(w => w.FlushAsync()).Should().ThrowAsync<ObjectDisposedException>();

        writer.Invoking(w => w.WriteLine("more")).Should().Throw<ObjectDisposedException>();
        (await writer.Awaiting(w => w.DisposeAsync()).Should().ThrowAsync<StoreException>())
            .WithMessage("*(5 bytes)*lost*").WithInnerException<ObjectDisposedException>();
    }

    [Test]
    public async Task Write_LogIsFinishedBySomebody_Throws()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");
        await Updates.FinishLog(writer.LogId);
        writer.WriteLine("line");

        await writer.Awaiting(w => w.FlushAsync()).Should().ThrowAsync<UpdateRefusedException>();

        writer.Invoking(w => w.WriteLine("more")).Should().Throw<UpdateRefusedException>();
        await writer.Awaiting(w => w.FlushAsync()).Should().ThrowAsync<UpdateRefusedException>();
        await writer.Awaiting(w => w.DisposeAsync()).Should().ThrowAsync<StoreException>();
    }

    [Test]
    public async Task Write_SomebodyElseAddsLines_Throws()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");
        await Updates.AppendLog(writer.LogId, "other\nother\n");
        writer.WriteLine("line");

        await writer.Awaiting(w => w.FlushAsync()).Should().ThrowAsync<UpdateRefusedException>();

        await writer.Awaiting(w => w.DisposeAsync()).Should().ThrowAsync<StoreException>();
    }

    [Test]
    public async Task OpenLogWriter_InATransaction_Throws()
    {
        long stepId = await Updates.Step();

        await Updates.Awaiting(updates => updates.Transaction(u => u.OpenLogWriter(stepId, "compile"))).Should().ThrowAsync<InvalidOperationException>();
    }

    [Test]
    public async Task OpenLogWriter_OfAStdioLog_Throws()
    {
        long stepId = await Updates.Step();

        await Updates.Awaiting(updates => updates.OpenLogWriter(stepId, "stdio", LogType.Stdio)).Should().ThrowAsync<ArgumentException>();
    }

    [Test]
    public async Task OpenLogWriter_StepDoesNotExist_Throws() =>
        await Updates.Awaiting(updates => updates.OpenLogWriter(42, "compile")).Should().ThrowAsync<ResourceNotFoundException>();

    [Test]
    public async Task Write_HostileCharacters_AreStoredAsTheyAre()
    {
        const string Text = "nul \0\nlone \r return\r\n\u001b[31mred\u001b[0m\n\u2028\u0085\v\f\n\n";
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");

        foreach (char c in Text)
            writer.Write(c);
        await writer.DisposeAsync();

        (await Data.Text(writer.LogId)).Should().Be(Text);
        (await Data.Log(writer.LogId)).NumLines.Should().Be(5);
    }

    [Test]
    public async Task Write_CharactersInPieces_AreWhole()
    {
        const string Text = "a\u00e4\u20ac\U0001F600z\n";
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");

        foreach (char c in Text)
            await writer.WriteAsync(c);
        foreach (byte b in Encoding.UTF8.GetBytes(Text))
            writer.BaseStream.WriteByte(b);
        await writer.DisposeAsync();

        (await Data.Text(writer.LogId)).Should().Be(Text + Text);
        writer.ReplacedCount.Should().Be(0);
    }

    [Test]
    public async Task Write_InvalidTextAndBytes_AreReplacedAndCounted()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");

        writer.Write("\ud83d");
        writer.Write("x\udc00\n");
        writer.Write('\ud83d');
        writer.BaseStream.Write([0xC3, 0x28, (byte)'\n']);
        writer.Write("end\ud83d");
        await writer.DisposeAsync();

        (await Data.Text(writer.LogId)).Should().Be("\ufffdx\ufffd\n\ufffd\ufffd(\nend\ufffd\n");
        writer.ReplacedCount.Should().Be(5);
        (await Data.Log(writer.LogId)).NumReplaced.Should().Be(5);
    }

    [Test]
    public async Task Write_LineOfTenMegabytes_IsOneLine()
    {
        string line = new('x', 10 * 1024 * 1024);
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");

        await writer.WriteLineAsync(line);
        writer.WriteLine(line);
        await writer.DisposeAsync();

        (await Data.Log(writer.LogId)).NumLines.Should().Be(2);
        ((await Data.Text(writer.LogId)) == line + "\n" + line + "\n").Should().BeTrue();
    }

    [Test]
    public async Task Write_AMillionEmptyLines_AreStored()
    {
        LogWriter writer = await Updates.OpenLogWriter(await Updates.Step(), "compile");

        for (int i = 0; i < 1_000_000; i++)
            writer.WriteLine();
        await writer.DisposeAsync();

        (await Data.Log(writer.LogId)).Should().BeEquivalentTo(new { NumLines = 1_000_000, NumBytes = 1_000_000 });
    }

    [Test]
    public async Task Write_RandomPieces_AreTheText([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[random.Next(200_000)];
        random.NextBytes(bytes);
        for (int i = 0; i < bytes.Length; i += random.Next(1, 200))
            bytes[i] = (byte)'\n';
        LogWriter writer = await Updates.OpenLogWriter(
            await Updates.Step(), "random", options: new() { BatchSize = random.Next(1, 5000), BufferSize = random.Next(1, 10_000) });

        for (int from = 0, count; from < bytes.Length; from += count)
        {
            count = Math.Min(random.Next(4) == 0 ? random.Next(100_000) : random.Next(100), bytes.Length - from);
            if (random.Next(2) == 0)
                await writer.BaseStream.WriteAsync(bytes.AsMemory(from, count));
            else
                writer.BaseStream.Write(bytes, from, count);
            if (random.Next(100) == 0)
                await writer.FlushAsync();
        }

        await writer.DisposeAsync();

        string expected = Encoding.UTF8.GetString(bytes);
        (await Data.Text(writer.LogId)).Should().Be(expected.Length == 0 || expected.EndsWith('\n') ? expected : expected + "\n");
        (await Data.Log(writer.LogId)).NumReplaced.Should().Be(writer.ReplacedCount).And.BePositive();
    }

    [Test]
    public async Task Write_RandomPiecesOfText_AreTheText([Range(1, 8)] int seed)
    {
        var random = new Random(seed);
        string text = string.Concat(Enumerable.Range(0, random.Next(50_000)).Select(_ => random.Next(8) switch
        {
            0 => "\n",
            1 => "\U0001F600",
            2 => ((char)random.Next(0xD800, 0xE000)).ToString(),
            3 => "\u20ac",
            _ => ((char)random.Next(0, 0x250)).ToString(),
        }));
        LogWriter writer = await Updates.OpenLogWriter(
            await Updates.Step(), "random", options: new() { BatchSize = random.Next(1, 5000), BufferSize = random.Next(1, 10_000) });

        for (int from = 0, count; from < text.Length; from += count)
        {
            count = Math.Min(random.Next(4) == 0 ? random.Next(50_000) : random.Next(100), text.Length - from);
            if (random.Next(2) == 0)
                await writer.WriteAsync(text.AsMemory(from, count));
            else
                writer.Write(text.AsSpan(from, count));
        }

        await writer.DisposeAsync();

        string expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        (await Data.Text(writer.LogId)).Should().Be(expected.EndsWith('\n') ? expected : expected + "\n");
    }
}
