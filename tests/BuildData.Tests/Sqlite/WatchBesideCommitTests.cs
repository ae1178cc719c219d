using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>A watch begins while a commit waits for the disk, where a hook before the flush holds it.</summary>
internal sealed class WatchBesideCommitTests
{
    private TempFolder _folder = null!;
    private FaultyFiles _files = null!;
    private TaskCompletionSource _flushing = null!;
    private ManualResetEventSlim _goOn = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TempFolder();
        _files = new FaultyFiles();
        _flushing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _goOn = new ManualResetEventSlim();
    }

    [TearDown]
    public void RemoveFolder()
    {
        _folder.Dispose();
        _files.Dispose();
        _goOn.Dispose();
    }

    [Test]
    public async Task Watch_ACommitWaitsForTheDisk_BeginsWithoutIt([Values] bool keepsEvents)
    {
        await using Master master = await Open(keepsEvents);
        long buildId = await master.Data.Updates.Build();
        await MakeACommitSlow(master, buildId);
        Task update = await HoldCommit(master, buildId, "flushing");

        await using Watch<Build> watch = await master.Data.Watch<Build>($"/builds/{buildId}").WaitAsync(Given.Patience);

        watch.InitialResult.Single().StateString.Should().Be("slow", "the commit is not visible yet");
        _goOn.Set();
        await update;
        (await watch.Next(1)).Single().Resource.StateString.Should().Be("flushing");
    }

    [Test]
    public async Task Watch_CommitsWereFastBefore_DoesNotBlockItsCaller()
    {
        await using Master master = await Open(keepsEvents: false);
        long buildId = await master.Data.Updates.Build();
        for (int i = 0; i < 50; i++)
            await master.Data.Updates.SetBuildStateString(buildId, "fast");
        Task update = await HoldCommit(master, buildId, "flushing");

        Task<Watch<Build>> watching = master.Data.Watch<Build>($"/builds/{buildId}");

        _goOn.Set();
        await using Watch<Build> watch = await watching.WaitAsync(Given.Patience);
        await update;
        string[] seen = watch.InitialResult.Single().StateString == "flushing"
            ? ["flushing"]
            : [watch.InitialResult.Single().StateString, (await watch.Next(1)).Single().Resource.StateString];
        seen[^1].Should().Be("flushing");
    }

    [Test]
    public async Task Watch_TheCommitEndsAndAnotherFollowsWhileTheSnapshotBegins_KnowsOfBoth()
    {
        await using Master master = await Open(keepsEvents: true);
        long buildId = await master.Data.Updates.Build();
        // The reader is open, so that the watch locks nothing before its snapshot.
        await master.Data.Get<Build>($"/builds/{buildId}");
        Task first = await HoldCommit(master, buildId, "first");
        int locks = 0;
        _files.OnShmLock = () =>
        {
            if (Interlocked.Increment(ref locks) != 1)
                return;
            _goOn.Set();
            first.Wait(Given.Patience);
            Task.Run(() => master.Data.Updates.SetBuildStateString(buildId, "second")).Wait(Given.Patience);
        };

        await using Watch<Build> watch = await Task.Run(() => master.Data.Watch<Build>($"/builds/{buildId}")).WaitAsync(Given.Patience);

        watch.InitialResult.Single().StateString.Should().Be("second");
        watch.Sequence.Should().Be(master.Data.Events.LastSequence);
    }

    [Test]
    public async Task Update_CommitBeforeWasSlow_StoresTheSequenceWithTheChange()
    {
        await using Master master = await Open(keepsEvents: false);
        long buildId = await master.Data.Updates.Build();
        await MakeACommitSlow(master, buildId);

        await master.Data.Updates.SetBuildStateString(buildId, "next");

        // A reader that begins its snapshot during the commit knows by this number whether it sees the change.
        await using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        (await connection.ExecuteScalarAsync<long>("SELECT position FROM event_log")).Should().Be(master.Data.Events.LastSequence);
    }

    [Test]
    public async Task Watch_JoinsWhileOthersCommit_MissesNoChangeAndRepeatsNone([Values] bool keepsEvents)
    {
        await using Master master = await Open(keepsEvents);
        long buildId = await master.Data.Updates.Build();
        int flushes = 0;
        _files.OnSync = _ =>
        {
            // Every other commit is slow, so that watches meet commits of both kinds, and their ends.
            if (Interlocked.Increment(ref flushes) % 2 == 0)
                SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(2));
            return 0;
        };
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; !stop.IsCancellationRequested; i++)
                await master.Data.Updates.SetBuildStateString(buildId, $"{i}");
        });
        await using (Watch<Build> first = await master.Data.Watch<Build>($"/builds/{buildId}"))
            await first.Next(1);

        for (int i = 0; i < 200; i++)
        {
            await using Watch<Build> watch = await master.Data.Watch<Build>($"/builds/{buildId}");
            int before = Number(watch.InitialResult.Single());
            (await watch.Next(2)).Select(change => Number(change.Resource)).Should().Equal(before + 1, before + 2);
        }

        await stop.CancelAsync();
        await writing;
    }

    private Task<Master> Open(bool keepsEvents) => Master.Open(options =>
    {
        options.UseSqlite($"{_folder.ConnectionString};Vfs={_files.Name}");
        if (keepsEvents)
            options.KeepEvents(TimeSpan.FromHours(1));
    });

    private async Task MakeACommitSlow(Master master, long buildId)
    {
        _files.OnSync = _ =>
        {
            SpinWait.SpinUntil(() => false, TimeSpan.FromMilliseconds(5));
            return 0;
        };
        await master.Data.Updates.SetBuildStateString(buildId, "slow");
    }

    /// <summary>Begins an update whose commit waits before it is flushed.</summary>
    private async Task<Task> HoldCommit(Master master, long buildId, string state)
    {
        _files.OnSync = _ =>
        {
            _flushing.TrySetResult();
            _goOn.Wait(Given.Patience);
            return 0;
        };
        Task update = Task.Run(() => master.Data.Updates.SetBuildStateString(buildId, state));
        await _flushing.Task.WaitAsync(Given.Patience);
        return update;
    }

    private static int Number(Build build) => int.TryParse(build.StateString, out int number) ? number : -1;
}
