using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>Followers that resume on a file that has lost its last commits, or that was replaced by a backup.</summary>
internal sealed class LostCommitsTests
{
    private readonly FakeTimeProvider _clock = new();
    private TempFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Resume_APowerCutTookTheLastCommits_EndsWithAnError([Values] bool withTime)
    {
        using TempFolder cut = await CutInHalf(100);
        (EventCursor cursor, long buildId) = _last;
        await using Master after = await Open(cut);
        await Write(after.Data.Updates, buildId, 200);

        Func<Task> resume = () => after.Data.Events.Subscribe("/builds/*", withTime ? cursor : cursor.Sequence).Rest();

        after.Data.Events.LastSequence.Should().BeGreaterThan(cursor.Sequence);
        if (withTime)
            await resume.Should().ThrowAsync<EventsLostException>();
        else
            await resume.Should().ThrowAsync<CursorExpiredException>();
    }

    [Test]
    public async Task Resume_APowerCutTookAllEvents_EndsWithAnError([Values] bool withNewEvents)
    {
        using var cut = new TempFolder();
        EventCursor cursor;
        await using (Master master = await Open(_folder))
        {
            Copy(cut);
            await Write(master.Data.Updates, await master.Data.Updates.Build(), 5);
            cursor = master.Data.Events.LastCursor;
        }

        await using Master after = await Open(cut);
        if (withNewEvents)
            await Write(after.Data.Updates, await after.Data.Updates.Build(), 5);

        Func<Task> resume = () => after.Data.Events.Subscribe("/builds/*", cursor).Rest();

        (await resume.Should().ThrowAsync<EventsLostException>()).Which.Cursor.Should().Be(cursor);
    }

    [Test]
    public async Task Resume_TheLastHandledEventSurvivedThePowerCut_GetsAllThatFollows()
    {
        using TempFolder cut = await CutInHalf(100);
        long buildId = _last.BuildId;
        await using Master after = await Open(cut);
        List<DataEvent> survived = await after.Data.Events.Subscribe("/builds/*", after: 0).Next(10);
        await Write(after.Data.Updates, buildId, 5);

        await using Subscription rest = after.Data.Events.Subscribe("/builds/*", survived[^1].Cursor);

        List<DataEvent> got = await rest.UpTo(after.Data.Events.LastSequence);
        got.TakeLast(5).Select(e => ((Build)e.Resource).StateString).Should().Equal("0", "1", "2", "3", "4");
    }

    [Test]
    public async Task Resume_ABackupWasRestoredAndItsNumbersGivenOutAgain_EndsWithAnError()
    {
        long buildId;
        await using (Master master = await Open(_folder))
        {
            buildId = await master.Data.Updates.Build();
            await Write(master.Data.Updates, buildId, 5);
        }

        byte[] backup = await File.ReadAllBytesAsync(_folder.Database);
        EventCursor cursor;
        await using (Master master = await Open(_folder))
        {
            await Write(master.Data.Updates, buildId, 5);
            cursor = master.Data.Events.LastCursor;
        }

        await File.WriteAllBytesAsync(_folder.Database, backup);
        await using Master restored = await Open(_folder);
        await Write(restored.Data.Updates, buildId, 20);

        Func<Task> resume = () => restored.Data.Events.Subscribe("/builds/*", cursor).Rest();

        restored.Data.Events.LastSequence.Should().BeGreaterThan(cursor.Sequence);
        (await resume.Should().ThrowAsync<EventsLostException>()).Which.Cursor.Should().Be(cursor);
    }

    [Test]
    public async Task Resume_ABackupWasRestoredAndNothingWrittenSince_EndsWithAnError()
    {
        long buildId;
        await using (Master master = await Open(_folder))
            buildId = await master.Data.Updates.Build();
        byte[] backup = await File.ReadAllBytesAsync(_folder.Database);
        EventCursor cursor;
        await using (Master master = await Open(_folder))
        {
            await Write(master.Data.Updates, buildId, 5);
            cursor = master.Data.Events.LastCursor;
        }

        await File.WriteAllBytesAsync(_folder.Database, backup);
        await using Master restored = await Open(_folder);

        await restored.Awaiting(master => master.Data.Events.Subscribe("/builds/*", cursor).Rest()).Should().ThrowAsync<EventsLostException>();
    }

    [Test]
    public async Task Resume_AfterACleanRestart_GoesOnWithTheNextNumber()
    {
        EventCursor cursor;
        long buildId;
        await using (Master master = await Open(_folder))
        {
            buildId = await master.Data.Updates.Build();
            cursor = master.Data.Events.LastCursor;
        }

        await using Master again = await Open(_folder);
        again.Data.Events.LastCursor.Should().Be(cursor);
        await using Subscription rest = again.Data.Events.Subscribe("/builds/*", cursor);
        await Write(again.Data.Updates, buildId, 1);

        (await rest.Next(1)).Single().Sequence.Should().Be(cursor.Sequence + 1);
    }

    [Test]
    public async Task LastSequence_AfterAKillWithoutKeptEvents_IsGreaterThanAnyBefore()
    {
        using var copy = new TempFolder();
        long last;
        await using (Master master = await Master.Open(_folder.ConnectionString))
        {
            await Write(master.Data.Updates, await master.Data.Updates.Build(), 50);
            last = master.Data.Events.LastSequence;
            Copy(copy);
        }

        await using Master after = await Master.Open(copy.ConnectionString);

        after.Data.Events.LastSequence.Should().BeGreaterThan(last);
    }

    [Test]
    public async Task Resume_FromTheBeginningAfterAKillBeforeTheFirstEvent_GetsEverything()
    {
        using var copy = new TempFolder();
        await using (await Open(_folder))
            Copy(copy);

        await using Master after = await Open(copy);
        await after.Data.Updates.Build();

        await using Subscription all = after.Data.Events.Subscribe("/builds/*", after: 0);
        (await all.Next(1)).Single().Name.Should().Be("new");
    }

    private (EventCursor Cursor, long BuildId) _last;

    /// <summary>Writes, and copies the file as a power cut could leave it: the log has lost its second half.</summary>
    private async Task<TempFolder> CutInHalf(int updates)
    {
        var cut = new TempFolder();
        await using Master master = await Open(_folder);
        long buildId = await master.Data.Updates.Build();
        await Write(master.Data.Updates, buildId, updates);
        _last = (master.Data.Events.LastCursor, buildId);
        Copy(cut);
        await using var log = new FileStream(cut.Database + "-wal", FileMode.Open);
        log.SetLength(log.Length / 2);
        return cut;
    }

    private void Copy(TempFolder to)
    {
        File.Copy(_folder.Database, to.Database);
        File.Copy(_folder.Database + "-wal", to.Database + "-wal");
    }

    private Task<Master> Open(TempFolder folder) => Master.Open(options =>
    {
        options.UseSqlite(folder.ConnectionString).KeepEvents(TimeSpan.FromDays(7));
        options.Durability = Durability.Normal;
        options.TimeProvider = _clock;
    });

    private async Task Write(Updates updates, long buildId, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await updates.SetBuildStateString(buildId, $"{i}");
        }
    }
}
