namespace BuildData.Tests;

/// <summary>Lines that can't be stored at the first attempt are stored once, in order, at a later one.</summary>
internal sealed class FailingLogWriterTests
{
    private static readonly LogWriterOptions SmallBuffer = new() { BufferSize = 20 };

    private TempFolder _folder = null!;
    private TestClock _clock = null!;
    private FailingAppendsStore _store = null!;
    private Master _master = null!;

    private DataApi Data => _master.Data;

    [SetUp]
    public async Task OpenMaster()
    {
        _folder = new TempFolder();
        _clock = new TestClock();
        BuildDataOptions inner = new BuildDataOptions().UseSqlite(_folder.ConnectionString);
        _master = await Master.Open(options =>
        {
            options.TimeProvider = _clock;
            options.UseStore(context => _store = new FailingAppendsStore(inner.CreateStore(context)));
        });
    }

    [TearDown]
    public async Task CloseMaster()
    {
        await _master.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase(FailureOfAppends.BeforeCommit)]
    [TestCase(FailureOfAppends.AfterCommit)]
    public async Task Flush_AttemptFails_ThrowsAndTheNextFlushStoresTheLinesOnce(FailureOfAppends failure)
    {
        await using LogWriter writer = await Data.Updates.OpenLogWriter(await Data.Updates.Step(), "compile");
        writer.WriteLine("first");
        _store.Failure = failure;
        await writer.Awaiting(w => w.FlushAsync()).Should().ThrowAsync<StoreException>();
        writer.WriteLine("second");
        _store.Failure = FailureOfAppends.None;

        await writer.FlushAsync();

        (await Data.Get<LogContents>($"/logs/{writer.LogId}/contents"))!.Content.Should().Be("first\nsecond\n");
        (await Data.Get<StepLog>($"/logs/{writer.LogId}"))!.NumLines.Should().Be(2);
    }

    [Test]
    public async Task Flush_Synchronously_ThrowsTheErrorOfTheStore()
    {
        await using LogWriter writer = await Data.Updates.OpenLogWriter(await Data.Updates.Step(), "compile");
        writer.WriteLine("line");
        _store.Failure = FailureOfAppends.BeforeCommit;

        writer.Invoking(w => w.Flush()).Should().Throw<StoreException>().WithMessage("The disk is full.");

        _store.Failure = FailureOfAppends.None;
    }

    [Test]
    public async Task Write_AttemptHasFailed_IsTriedAgainAfterTheBatchTime()
    {
        await using LogWriter writer = await Data.Updates.OpenLogWriter(await Data.Updates.Step(), "compile");
        await using Subscription events = Data.Events.Subscribe("/logs/*");
        writer.WriteLine("first");
        _store.Failure = FailureOfAppends.BeforeCommit;
        await writer.Awaiting(w => w.FlushAsync()).Should().ThrowAsync<StoreException>();
        _store.Failure = FailureOfAppends.None;
        writer.WriteLine("second");

        _clock.Advance(new LogWriterOptions().BatchTime);

        (await events.Next(1)).Select(e => ((StepLog)e.Resource).NumLines).Should().Equal(1);
        await writer.FlushAsync();
        (await Data.Get<LogContents>($"/logs/{writer.LogId}/contents"))!.Content.Should().Be("first\nsecond\n");
    }

    [Test]
    public async Task Write_AttemptHasFailedAndTheBufferIsFull_Throws()
    {
        await using LogWriter writer = await Data.Updates.OpenLogWriter(await Data.Updates.Step(), "compile", options: SmallBuffer);
        writer.WriteLine("12345678");
        _store.Failure = FailureOfAppends.BeforeCommit;
        await writer.Awaiting(w => w.FlushAsync()).Should().ThrowAsync<StoreException>();
        writer.WriteLine("still fits");

        writer.Invoking(w => w.WriteLine("no more")).Should().Throw<StoreException>().WithMessage("*full*The disk is full*");
        await writer.Awaiting(w => w.WriteLineAsync("no more")).Should().ThrowAsync<StoreException>();

        _store.Failure = FailureOfAppends.None;
        await writer.FlushAsync();
        (await Data.Get<LogContents>($"/logs/{writer.LogId}/contents"))!.Content.Should().Be("12345678\nstill fits\n");
    }

    [Test]
    public async Task Write_AttemptFailsWhileWritesWait_EndsTheirWait()
    {
        await using LogWriter writer = await Data.Updates.OpenLogWriter(await Data.Updates.Step(), "compile", options: SmallBuffer);
        writer.WriteLine("1234567890123");
        _store.Failure = FailureOfAppends.AfterCommit;
        using BlockedUpdate blocked = await BlockedUpdate.Start(_clock, () => writer.FlushAsync());
        Task waiting = writer.WriteLineAsync("no more");
        Task blockedWrite = Task.Run(() => writer.WriteLine("no more"));

        blocked.Release();

        await waiting.Awaiting(task => task).Should().ThrowAsync<StoreException>();
        await blockedWrite.Awaiting(task => task).Should().ThrowAsync<StoreException>();
        await blocked.Completion.Awaiting(task => task).Should().ThrowAsync<StoreException>();
        _store.Failure = FailureOfAppends.None;
    }

    [Test]
    public async Task Dispose_LinesCanNotBeStored_ThrowsThatTheyAreLost()
    {
        LogWriter writer = await Data.Updates.OpenLogWriter(await Data.Updates.Step(), "compile");
        writer.WriteLine("line");
        _store.Failure = FailureOfAppends.BeforeCommit;

        await writer.Awaiting(w => w.DisposeAsync()).Should().ThrowAsync<StoreException>().WithMessage("*(5 bytes)*lost*The disk is full*");

        writer.Invoking(w => w.WriteLine()).Should().Throw<ObjectDisposedException>();
        await writer.Awaiting(w => w.DisposeAsync()).Should().NotThrowAsync();
        _store.Failed.Should().Be(1);
    }

    [Test]
    public async Task Dispose_AttemptThatRunsFails_MakesOneOfItsOwn()
    {
        LogWriter writer = await Data.Updates.OpenLogWriter(await Data.Updates.Step(), "compile");
        writer.WriteLine("line");
        _store.Failure = FailureOfAppends.AfterCommit;
        using BlockedUpdate blocked = await BlockedUpdate.Start(_clock, () => writer.FlushAsync());
        ValueTask disposed = writer.DisposeAsync();
        _store.Failure = FailureOfAppends.None;

        blocked.Release();

        await disposed;
        await blocked.Completion.Awaiting(task => task).Should().ThrowAsync<StoreException>();
        (await Data.Get<StepLog>($"/logs/{writer.LogId}")).Should().BeEquivalentTo(new { Complete = true, NumLines = 1 });
    }
}
