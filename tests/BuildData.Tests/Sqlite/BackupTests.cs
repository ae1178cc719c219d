using BuildData.Stores.Sqlite;
using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>A running master is backed up to a file.</summary>
internal sealed class BackupTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TempFolder _backups = new();
    private readonly FaultyFiles _files = new();

    private string Backup => _backups.File("backup.db");

    public void Dispose()
    {
        _files.Dispose();
        _backups.Dispose();
        _folder.Dispose();
    }

    [TearDown]
    public void DeleteFiles()
    {
        _files.OnWrite = null;
        foreach (string file in (string[])[.. Directory.GetFiles(_folder.Path), .. Directory.GetFiles(_backups.Path)])
            File.Delete(file);
    }

    [Test]
    public async Task BackupTo_RunningMaster_BackupIsACompleteDatabase()
    {
        await using Master master = await Open();
        await master.Data.Updates.Steps(3);

        await master.BackupTo(Backup);

        Directory.GetFiles(_backups.Path).Should().Equal(Backup);
        await using Master restored = await Master.Open($"Data Source={Backup}");
        (await restored.Data.GetAll<Step>("/steps")).Should().BeEquivalentTo(await master.Data.GetAll<Step>("/steps"));
    }

    [Test]
    public async Task BackupTo_WhileManyUpdatesRun_BackupHasWholeUpdatesInOrder()
    {
        await using Master master = await Open();
        long build = await master.Data.Updates.Build();
        using var stop = new CancellationTokenSource();
        long acknowledged = 0;
        Task[] writers = [.. Enumerable.Range(0, 4).Select(_ => Write())];
        for (int i = 0; i < 5; i++)
        {
            string file = _backups.File($"backup-{i}.db");
            long before = Volatile.Read(ref acknowledged);

            await master.BackupTo(file);

            await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
            (await connection.QuerySingleAsync<string>("PRAGMA integrity_check")).Should().Be("ok");
            (await connection.QueryAsync("PRAGMA foreign_key_check")).Should().BeEmpty();
            (long count, long last) = await connection.QuerySingleAsync<(long, long)>("SELECT count(*), coalesce(max(number), -1) FROM steps");
            count.Should().Be(last + 1).And.BeGreaterThanOrEqualTo(before);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);

        async Task Write()
        {
            // A lone update completes on its caller's thread.
            await Task.Yield();
            while (!stop.IsCancellationRequested)
            {
                await master.Data.Updates.NewStep(build, "s");
                Interlocked.Increment(ref acknowledged);
            }
        }
    }

    [Test]
    public async Task BackupTo_BackupWaitsForItsDisk_UpdatesDoNotWait()
    {
        await using Master master = await Open();
        await master.Data.Updates.AddBuildset(reason: "before");
        using var isWriting = new SemaphoreSlim(0);
        using var mayGoOn = new ManualResetEventSlim();
        OnFirstWriteOfBackup(() =>
        {
            isWriting.Release();
            mayGoOn.Wait();
        });

        Task backup = master.BackupTo(Backup);
        await isWriting.WaitAsync(Given.Patience);
        await master.Data.Updates.AddBuildset(reason: "during");
        mayGoOn.Set();
        await backup;

        await using Master restored = await Master.Open($"Data Source={Backup}");
        (await restored.Data.GetAll<Buildset>("/buildsets")).Select(set => set.Reason).Should().Equal("before");
    }

    [Test]
    public async Task BackupTo_MasterThatKeepsEvents_NumbersOfTheRestoredStoreAreNew()
    {
        EventCursor cursor;
        await using (Master master = await Open())
        {
            await master.Data.Updates.Steps(2);
            cursor = master.Data.Events.LastCursor;
            await master.BackupTo(Backup);
            await master.Data.Updates.Steps(100);
        }

        await using Master restored = await Master.Open(options => options.UseSqlite($"Data Source={Backup}").KeepEvents(TimeSpan.FromDays(1)));
        Subscription live = restored.Data.Events.Subscribe("/steps/*");
        await restored.Data.Updates.StartStep(1);
        (await live.Next(1))[0].Sequence.Should().BeGreaterThan(1L << 32);
        await using Subscription kept = restored.Data.Events.Subscribe(Given.Everything, after: 0);
        (await kept.UpTo(cursor.Sequence))[^1].Cursor.Should().Be(cursor);
    }

    [Test]
    public async Task BackupTo_ExistingFile_IsRefusedAndUnchanged()
    {
        await using Master master = await Open();
        await File.WriteAllTextAsync(Backup, "mine");

        await FluentActions.Awaiting(() => master.BackupTo(Backup)).Should().ThrowAsync<StoreException>().WithMessage("*exists*");

        (await File.ReadAllTextAsync(Backup)).Should().Be("mine");
    }

    [Test]
    public async Task BackupTo_FileAppearsDuringTheBackup_IsUnchanged()
    {
        await using Master master = await Open();
        OnFirstWriteOfBackup(() => File.WriteAllText(Backup, "mine"));

        await FluentActions.Awaiting(() => master.BackupTo(Backup)).Should().ThrowAsync<StoreException>();

        (await File.ReadAllTextAsync(Backup)).Should().Be("mine");
        Directory.GetFiles(_backups.Path).Should().Equal(Backup);
    }

    [Test]
    public async Task BackupTo_FolderThatDoesNotExist_IsRefused()
    {
        await using Master master = await Open();

        await FluentActions.Awaiting(() => master.BackupTo(Path.Combine(_backups.Path, "missing", "backup.db")))
            .Should().ThrowAsync<StoreException>().WithMessage("*directory*does not exist*");
    }

    [Test]
    public async Task BackupTo_Cancelled_LeavesNoFile()
    {
        await using Master master = await OpenLarge();
        using var stop = new CancellationTokenSource();
        OnFirstWriteOfBackup(stop.Cancel);

        (await FluentActions.Awaiting(() => master.BackupTo(Backup, stop.Token)).Should().ThrowAsync<OperationCanceledException>())
            .Which.CancellationToken.Should().Be(stop.Token);

        Directory.GetFiles(_backups.Path).Should().BeEmpty();
    }

    [Test]
    public async Task BackupTo_DiskIsFull_LeavesNoFile()
    {
        await using Master master = await OpenLarge();
        const int Full = 13;
        _files.OnWrite = path => path.Contains(".partial", StringComparison.Ordinal) ? Full : 0;

        await FluentActions.Awaiting(() => master.BackupTo(Backup)).Should().ThrowAsync<StoreException>().WithMessage("*no disk space*");

        Directory.GetFiles(_backups.Path).Should().BeEmpty();
    }

    [Test]
    public async Task BackupTo_MasterIsDisposedMeanwhile_EndsAndLeavesNoFile()
    {
        await using Master master = await OpenLarge();
        var backups = new SqliteBackups(new SqliteFile(ConnectionString, new SqliteOptions()));
        Task? closing = null;
        OnFirstWriteOfBackup(() => closing = backups.DisposeAsync().AsTask());

        await FluentActions.Awaiting(() => backups.Run(Backup, CancellationToken.None)).Should().ThrowAsync<ObjectDisposedException>();

        await closing!;
        Directory.GetFiles(_backups.Path).Should().BeEmpty();
    }

    [Test]
    public async Task BackupTo_DisposedMaster_Throws()
    {
        Master master = await Open();
        await master.DisposeAsync();

        await FluentActions.Awaiting(() => master.BackupTo(Backup)).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task BackupTo_ReadOnlyMaster_BacksUpWhatTheOtherProcessHasCommitted()
    {
        await using Master writer = await Open();
        await writer.Data.Updates.Steps(3);
        await using Master reader = await Master.Open(ConnectionString + ";Mode=ReadOnly");

        await reader.BackupTo(Backup);

        await using Master restored = await Master.Open($"Data Source={Backup}");
        (await restored.Data.Count<Step>("/steps")).Should().Be(3);
    }

    [Test]
    public async Task BackupTo_PostgreSqlStore_NamesTheToolToUse()
    {
        await using TestStore store = await StoreKinds.PostgreSql.Create();
        await using Master master = await store.Open();

        await FluentActions.Awaiting(() => master.BackupTo(Backup)).Should().ThrowAsync<NotSupportedException>().WithMessage("*pg_dump*");
    }

    private string ConnectionString => $"{_folder.ConnectionString};Vfs={_files.Name}";

    private Task<Master> Open() => Master.Open(options => options.UseSqlite(ConnectionString).KeepEvents(TimeSpan.FromDays(1)));

    /// <summary>Opens a store whose backup needs several steps.</summary>
    private async Task<Master> OpenLarge()
    {
        Master master = await Open();
        await master.Data.Updates.AddBuildset(reason: new string('x', 10_000_000));
        return master;
    }

    private void OnFirstWriteOfBackup(Action action)
    {
        int writes = 0;
        _files.OnWrite = path =>
        {
            if (path.Contains(".partial", StringComparison.Ordinal) && Interlocked.Increment(ref writes) == 1)
                action();
            return 0;
        };
    }
}
