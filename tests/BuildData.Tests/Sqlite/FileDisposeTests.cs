namespace BuildData.Tests;

/// <summary>What disposing a master does to its file, its lock and its thread.</summary>
// Threads are counted, so no other test may start any meanwhile.
[NonParallelizable]
internal sealed class FileDisposeTests
{
    [Test]
    public async Task Dispose_LeavesTheDatabaseAndTheLockFile()
    {
        using var folder = new TempFolder();
        Master master = await Master.Open(folder.ConnectionString);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => master.Data.Updates.FindBuilderId($"b{i}"))));
        await master.Data.GetAll<Builder>("/builders");

        await master.DisposeAsync();

        Directory.GetFiles(folder.Path).Should().BeEquivalentTo([folder.Database, folder.Database + "-lock"]);
        if (OperatingSystem.IsLinux())
            LinuxProcess.OpenFiles(folder.Path).Should().BeEmpty();
    }

    [Test]
    public async Task Dispose_LeavesNoThreadBehind()
    {
        Assume.That(OperatingSystem.IsLinux());
        using var folder = new TempFolder();
        Master master = await Master.Open(folder.ConnectionString);
        await master.Data.Updates.FindBuilderId("linux");
        // The system may be a moment behind the runtime, in naming a thread as in letting it go.
        SpinWait.SpinUntil(() => LinuxProcess.WriterThreads() == 1, TimeSpan.FromSeconds(30)).Should().BeTrue();

        await master.DisposeAsync();

        SpinWait.SpinUntil(() => LinuxProcess.WriterThreads() == 0, TimeSpan.FromSeconds(30)).Should().BeTrue();
    }

    [Test]
    public async Task Dispose_Master_IsNoLongerActive()
    {
        using var folder = new TempFolder();
        await (await Master.Open(folder.ConnectionString)).DisposeAsync();

        await using Master reader = await Master.Open(folder.ConnectionString + ";Mode=ReadOnly");

        (await reader.Data.Get<MasterInfo>("/masters/1"))!.Active.Should().BeFalse();
    }

    [Test]
    public async Task Dispose_LastWriteFails_StillReleasesTheLock()
    {
        using var folder = new TempFolder();
        Master master = await Master.Open(folder.ConnectionString);
        Subscription events = master.Data.Events.Subscribe("/steps/*");
        using var other = new Microsoft.Data.Sqlite.SqliteConnection(folder.ConnectionString + ";Pooling=False");
        other.Open();
        using Microsoft.Data.Sqlite.SqliteCommand drop = other.CreateCommand();
        drop.CommandText = "PRAGMA foreign_keys = OFF; DROP TABLE masters";
        drop.ExecuteNonQuery();

        await master.Awaiting(m => m.DisposeAsync().AsTask()).Should().ThrowAsync<StoreException>();

        (await events.Rest()).Should().BeEmpty();
        if (OperatingSystem.IsLinux())
            LinuxProcess.OpenFiles(folder.Path).Should().NotContain(folder.Database + "-lock");
        await master.DisposeAsync();
    }

    [Test]
    public async Task Dispose_FolderIsGone_StillClosesAllFiles()
    {
        Assume.That(OperatingSystem.IsLinux());
        string folder = Directory.CreateTempSubdirectory("builddata-").FullName;
        Master master = await Master.Open($"Data Source={Path.Combine(folder, "builds.db")}");
        Subscription events = master.Data.Events.Subscribe("/steps/*");
        Directory.Delete(folder, recursive: true);

        try
        {
            await master.DisposeAsync();
        }
        catch (StoreException)
        {
            // Whether the last write can be made to a file without a name is the system's affair.
        }

        (await events.Rest()).Should().BeEmpty();
        LinuxProcess.OpenFiles(folder).Should().BeEmpty();
    }

    [Test]
    public async Task Dispose_LockFileWasReplaced_StillClosesAllFiles()
    {
        Assume.That(OperatingSystem.IsLinux());
        using var folder = new TempFolder();
        Master master = await Master.Open(folder.ConnectionString);
        File.Delete(folder.Database + "-lock");
        Directory.CreateDirectory(folder.Database + "-lock");

        await master.DisposeAsync();

        LinuxProcess.OpenFiles(folder.Path).Should().BeEmpty();
    }

    [Test]
    public async Task Open_AfterAnotherMasterWasKilled_ItIsNoLongerActive()
    {
        using var folder = new TempFolder();
        await using (TestHost host = await TestHost.Start("hold", folder.Database))
            await host.Kill();

        await using Master master = await Master.Open(options =>
        {
            options.UseSqlite(folder.ConnectionString);
            options.MasterName = "second";
        });

        (await master.Data.GetAll<MasterInfo>("/masters")).Select(info => (info.Name, info.Active)).Should().Equal(("master", false), ("second", true));
    }

    [Test]
    public async Task Dispose_NeverOpened_MakesNoFile()
    {
        using var folder = new TempFolder();

        await new Master(new BuildDataOptions().UseSqlite(folder.ConnectionString)).DisposeAsync();

        Directory.GetFiles(folder.Path).Should().BeEmpty();
    }
}
