namespace BuildData.Tests;

/// <summary>Somebody moves, deletes or replaces the files of an open store.</summary>
[Platform("Linux")]
internal sealed class MovedFileTests
{
    private TempFolder _folder = null!;
    private Master _master = null!;

    [SetUp]
    public async Task OpenMaster()
    {
        _folder = new TempFolder();
        _master = await Master.Open(_folder.ConnectionString);
        await _master.Data.Updates.FindBuilderId("linux");
    }

    [TearDown]
    public async Task CloseMaster()
    {
        await _master.DisposeAsync();
        _folder.Dispose();
    }

    [TestCase("")]
    [TestCase("-wal")]
    public async Task Update_FileWasMovedAway_IsRefusedUntilItIsBack(string suffix)
    {
        string file = _folder.Database + suffix;
        File.Move(file, file + "-moved");

        await _master.Awaiting(master => master.Data.Updates.FindBuilderId("windows")).Should().ThrowAsync<StoreException>().WithMessage("*was moved, deleted or replaced*");

        File.Move(file + "-moved", file);
        await _master.Data.Updates.FindBuilderId("macos");
        (await _master.Data.GetAll<Builder>("/builders")).Select(builder => builder.Name).Should().Equal("linux", "macos");
    }

    [TestCase("")]
    [TestCase("-wal")]
    public async Task Update_FileWasDeleted_IsRefused(string suffix)
    {
        File.Delete(_folder.Database + suffix);

        await _master.Awaiting(master => master.Data.Updates.FindBuilderId("windows")).Should().ThrowAsync<StoreException>().WithMessage("*was moved, deleted or replaced*");
    }

    [Test]
    public async Task Transaction_FileWasDeleted_IsRefused()
    {
        File.Delete(_folder.Database);

        await _master.Awaiting(master => master.Data.Updates.Transaction(updates => updates.FindBuilderId("windows"))).Should().ThrowAsync<StoreException>();
    }

    [Test]
    public async Task Dispose_LogWasDeleted_StoresWhatWasAcknowledged()
    {
        File.Delete(_folder.Database + "-wal");

        await _master.DisposeAsync();

        await using Master second = await Master.Open(_folder.ConnectionString);
        (await second.Data.GetAll<Builder>("/builders")).Should().ContainSingle();
    }

    [Test]
    public async Task BackupTo_FileWasReplaced_FailsAndLeavesOpenReadsAlone()
    {
        string backup = _folder.File("backup.db");
        await _master.BackupTo(backup);
        await _master.Data.Updates.FindBuilderId("windows");
        await _master.Data.GetAll<Builder>("/builders");
        File.Move(backup, _folder.Database, overwrite: true);

        // A backup always opens a new connection. Without the check, the next read of an open one would kill the process.
        await _master.Awaiting(master => master.BackupTo(backup)).Should().ThrowAsync<StoreException>().WithMessage("*was moved, deleted or replaced*");

        (await _master.Data.GetAll<Builder>("/builders")).Should().HaveCount(2);
    }

    [Test]
    public async Task BackupTo_LogWasMovedAway_FailsAndCreatesNoLog()
    {
        string log = _folder.Database + "-wal";
        File.Move(log, log + "-moved");

        await _master.Awaiting(master => master.BackupTo(_folder.File("backup.db"))).Should().ThrowAsync<StoreException>().WithMessage("*was moved, deleted or replaced*");

        File.Exists(log).Should().BeFalse();
    }

    [Test]
    public async Task Read_ReadOnlyStoreWhoseFileWasReplaced_FailsWithATypedError()
    {
        await using Master reader = await Master.Open(_folder.ConnectionString + ";Mode=ReadOnly");
        string backup = _folder.File("backup.db");
        await _master.BackupTo(backup);
        File.Move(backup, _folder.Database, overwrite: true);

        await reader.Awaiting(master => master.BackupTo(backup)).Should().ThrowAsync<StoreException>().WithMessage("*was moved, deleted or replaced*");
    }
}
