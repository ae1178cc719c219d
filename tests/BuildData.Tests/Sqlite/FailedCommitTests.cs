using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>The disk refuses a commit: the file is real, and faults are injected between SQLite and the disk.</summary>
internal sealed class FailedCommitTests
{
    private TempFolder _folder = null!;
    private FaultyFiles _files = null!;

    private string ConnectionString => $"{_folder.ConnectionString};Vfs={_files.Name}";

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TempFolder();
        _files = new FaultyFiles();
    }

    [TearDown]
    public void RemoveFolder()
    {
        _folder.Dispose();
        _files.Dispose();
    }

    [Test]
    public async Task Update_FlushOfTheLogFailsOnce_IsNotThereAfterAKill()
    {
        await using Master master = await Master.Open(ConnectionString);
        long buildId = await master.Data.Updates.Build();
        FailSyncs(1);

        StoreException error = (await master.Awaiting(m => m.Data.Updates.SetBuildStateString(buildId, "refused"))
            .Should().ThrowAsync<StoreException>()).Which;

        error.IsOutcomeUnknown.Should().BeFalse();
        (await StateAfterAKill(buildId)).Should().Be("created");
    }

    [Test]
    public async Task Update_AfterAFailedCommit_Succeeds()
    {
        await using Master master = await Master.Open(options => options.UseSqlite(ConnectionString).KeepEvents(TimeSpan.FromHours(1)));
        long buildId = await master.Data.Updates.Build();
        await using Subscription events = master.Data.Events.Subscribe("/builds/*");
        FailSyncs(1);
        await master.Awaiting(m => m.Data.Updates.SetBuildStateString(buildId, "refused")).Should().ThrowAsync<StoreException>();

        await master.Data.Updates.SetBuildStateString(buildId, "accepted");

        (await events.Next(1)).Select(e => ((Build)e.Resource).StateString).Should().Equal("accepted");
        (await StateAfterAKill(buildId)).Should().Be("accepted");
    }

    [Test]
    public async Task Update_RefusedForAChangeThatFailedWithItsBatch_FailsAsTheBatchDoes()
    {
        await using Master master = await Master.Open(ConnectionString);
        Updates updates = master.Data.Updates;
        long step = await updates.Step();
        long log = (await updates.AddLog(step, "stdio")).LogId;
        using var busy = new Barrier(2);
        int syncs = 0;
        _files.OnSync = path => path.EndsWith("-wal", StringComparison.Ordinal) ? Sync(Interlocked.Increment(ref syncs)) : 0;

        Task first = Task.Run(() => updates.SetStepStateString(step, "first"));
        busy.SignalAndWait(Given.Patience);
        Task finish = updates.FinishLog(log);
        Task append = updates.AppendLog(log, "line\n");
        busy.SignalAndWait(Given.Patience);

        await first;
        await finish.Awaiting(task => task).Should().ThrowAsync<StoreException>();
        await append.Awaiting(task => task).Should().ThrowAsync<StoreException>("the log was not finished, so nothing speaks against the lines");
        (await updates.AppendLog(log, "line\n")).FirstLine.Should().Be(0);

        int Sync(int number)
        {
            // The first flush lasts until the other two updates wait, which then share the second one.
            if (number == 1)
            {
                busy.SignalAndWait(Given.Patience);
                busy.SignalAndWait(Given.Patience);
            }

            return number == 2 ? FaultyFiles.SyncError : 0;
        }
    }

    [Test]
    public async Task Watch_AfterAFailedCommit_BeginsAtTheLastEventThatWasCommitted()
    {
        await using Master master = await Master.Open(ConnectionString);
        long buildId = await master.Data.Updates.Build();
        FailSyncs(1);
        await master.Awaiting(m => m.Data.Updates.SetBuildStateString(buildId, "refused")).Should().ThrowAsync<StoreException>();

        await using Watch<Build> watch = await master.Data.Watch<Build>($"/builds/{buildId}");

        watch.Sequence.Should().Be(master.Data.Events.LastSequence);
    }

    [Test]
    public async Task Update_CommitThatRemovedExpiredEventsFails_NextUpdateRemovesThem()
    {
        var clock = new FakeTimeProvider();
        await using Master master = await Master.Open(options =>
        {
            options.UseSqlite(ConnectionString).KeepEvents(TimeSpan.FromHours(1));
            options.TimeProvider = clock;
        });
        long buildId = await master.Data.Updates.Build();
        for (int i = 0; i < 10; i++)
            await master.Data.Updates.SetBuildStateString(buildId, $"{i}");
        clock.Advance(TimeSpan.FromHours(2));
        FailSyncs(1);
        await master.Awaiting(m => m.Data.Updates.SetBuildStateString(buildId, "refused")).Should().ThrowAsync<StoreException>();

        await master.Data.Updates.SetBuildStateString(buildId, "accepted");

        await master.Awaiting(m => m.Data.Events.Subscribe("/builds/*", after: 5).Rest()).Should().ThrowAsync<CursorExpiredException>();
    }

    [Test]
    public async Task Update_OverwritingFailsToo_ReportsThatTheOutcomeIsUnknown()
    {
        await using Master master = await Master.Open(ConnectionString);
        long buildId = await master.Data.Updates.Build();
        FailSyncs(2);

        StoreException error = (await master.Awaiting(m => m.Data.Updates.SetBuildStateString(buildId, "perhaps"))
            .Should().ThrowAsync<StoreException>()).Which;

        error.IsOutcomeUnknown.Should().BeTrue();
    }

    [Test]
    public async Task Update_OutcomeIsUnknown_LogsThatInsteadOfAFailure()
    {
        var log = new FakeLogCollector();
        await using (Master master = await Master.Open(options => { options.UseSqlite(ConnectionString); options.LoggerFactory = log.ToLoggerFactory(); }))
        {
            long buildId = await master.Data.Updates.Build();
            FailSyncs(2);

            await master.Awaiting(m => m.Data.Updates.SetBuildStateString(buildId, "perhaps")).Should().ThrowAsync<StoreException>();
        }

        log.GetSnapshot().Select(record => record.Id.Id).Should().Contain(22).And.NotContain(20);
    }

    [Test]
    public async Task Update_OutcomeOfAnEarlierOneIsUnknown_IsRefusedUntilTheStoreIsOpenedAgain()
    {
        long buildId, last;
        await using (Master master = await Master.Open(ConnectionString))
        {
            buildId = await master.Data.Updates.Build();
            last = master.Data.Events.LastSequence;
            FailSyncs(2);
            await master.Awaiting(m => m.Data.Updates.SetBuildStateString(buildId, "perhaps")).Should().ThrowAsync<StoreException>();

            (await master.Awaiting(m => m.Data.Updates.SetBuildStateString(buildId, "refused")).Should().ThrowAsync<StoreException>())
                .Which.IsOutcomeUnknown.Should().BeFalse();
            (await master.Data.Get<Build>($"/builds/{buildId}"))!.StateString.Should().Be("created", "reads go on");
        }

        await using Master again = await Master.Open(ConnectionString);
        again.Data.Events.LastSequence.Should().BeGreaterThan(last + 1_000, "the numbers of what may be stored are not given out again");
        await again.Data.Updates.SetBuildStateString(buildId, "accepted");
        (await again.Data.Get<Build>($"/builds/{buildId}"))!.StateString.Should().Be("accepted");
    }

    [Test]
    public async Task Update_WriteOfTheLogFails_StoresNothing()
    {
        await using Master master = await Master.Open(ConnectionString);
        long buildId = await master.Data.Updates.Build();
        int failures = 1;
        _files.OnWrite = path => path.EndsWith("-wal", StringComparison.Ordinal) && failures-- > 0 ? FaultyFiles.WriteError : 0;

        await master.Awaiting(m => m.Data.Updates.SetBuildStateString(buildId, "refused")).Should().ThrowAsync<StoreException>();

        (await StateAfterAKill(buildId)).Should().Be("created");
        await master.Data.Updates.SetBuildStateString(buildId, "accepted");
    }

    [Test]
    public async Task Transaction_FlushFailsOnce_StoresNothing()
    {
        await using Master master = await Master.Open(ConnectionString);
        long buildId = await master.Data.Updates.Build();

        Func<Task> transaction = () => master.Data.Updates.Transaction(async updates =>
        {
            await updates.SetBuildStateString(buildId, "refused");
            FailSyncs(1);
        });

        await transaction.Should().ThrowAsync<StoreException>();
        (await StateAfterAKill(buildId)).Should().Be("created");
    }

    private void FailSyncs(int count) =>
        _files.OnSync = path => path.EndsWith("-wal", StringComparison.Ordinal) && count-- > 0 ? FaultyFiles.SyncError : 0;

    /// <summary>Returns the state of a build as the next process would find it if this one were killed now.</summary>
    private async Task<string> StateAfterAKill(long buildId)
    {
        using var copy = new TempFolder();
        File.Copy(_folder.Database, copy.Database);
        File.Copy(_folder.Database + "-wal", copy.Database + "-wal");
        await using Master master = await Master.Open(copy.ConnectionString);
        return (await master.Data.Get<Build>($"/builds/{buildId}"))!.StateString;
    }
}
