using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Tests;

/// <summary>Two processes could write one file, because the lock is lost, switched off or not available.</summary>
internal sealed class LostLockTests
{
    private FakeLogCollector _log = null!;
    private TempFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TempFolder();
        _log = new FakeLogCollector();
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Update_TheLockFileWasDeletedAndAnotherHasOpenedTheFile_IsRefused()
    {
        await using Master first = await Master.Open(_folder.ConnectionString);
        long stepId = await first.Data.Updates.Step();
        await first.Data.Updates.AddStepUrl(stepId, "a", "1");
        File.Delete(_folder.Database + "-lock");
        await using Master second = await Open("second");
        await second.Data.Updates.AddStepUrl(stepId, "b", "2");

        await first.Awaiting(master => master.Data.Updates.AddStepUrl(stepId, "c", "3")).Should().ThrowAsync<StoreInUseException>();

        (await second.Data.Get<Step>($"/steps/{stepId}"))!.Urls.Select(url => url.Name).Should().Equal("a", "b");
        await second.Data.Updates.AddStepUrl(stepId, "d", "4");
    }

    [Test]
    public async Task Follow_AnotherHasOpenedTheFile_EndsAtTheNextUpdate()
    {
        await using Master first = await Master.Open(_folder.ConnectionString);
        long stepId = await first.Data.Updates.Step();
        Subscription events = first.Data.Events.Subscribe("/steps/*");
        File.Delete(_folder.Database + "-lock");
        await using Master second = await Open("second");
        await first.Awaiting(master => master.Data.Updates.StartStep(stepId)).Should().ThrowAsync<StoreInUseException>();

        await events.Awaiting(all => all.Rest()).Should().ThrowAsync<EventsLostException>();
    }

    [Test]
    public async Task Dispose_AnotherHasOpenedTheFile_LeavesTheOtherItsFile()
    {
        Master first = await Master.Open(_folder.ConnectionString);
        File.Delete(_folder.Database + "-lock");
        await using Master second = await Open("second");

        await first.DisposeAsync();

        await second.Data.Updates.FindBuilderId("linux");
    }

    [Test]
    public async Task Update_AnotherProgramHasChangedARow_WorksOnWhatIsThere()
    {
        await using Master master = await Open("master");
        long stepId = await master.Data.Updates.Step();
        await master.Data.Updates.AddStepUrl(stepId, "a", "1");
        Execute($"UPDATE steps SET urls = NULL, state_string = 'edited' WHERE id = {stepId}");

        await master.Data.Updates.AddStepUrl(stepId, "b", "2");

        Step step = (await master.Data.Get<Step>($"/steps/{stepId}"))!;
        step.Urls.Select(url => url.Name).Should().Equal("b");
        step.StateString.Should().Be("edited");
        await master.DisposeAsync();
        _log.GetSnapshot().Should().ContainSingle(record => record.Id == 5);
    }

    [Test]
    public async Task Update_TheFirstAfterAnotherHasOpenedTheFile_IsRefused()
    {
        await using Master first = await Master.Open(_folder.ConnectionString);
        File.Delete(_folder.Database + "-lock");
        await using Master second = await Open("second");

        await first.Awaiting(master => master.Data.Updates.FindBuilderId("linux")).Should().ThrowAsync<StoreInUseException>();
    }

    [Test]
    public async Task Update_AnotherProgramHasAddedSteps_NumbersGoOnBehindThem()
    {
        await using Master master = await Open("master");
        long buildId = await master.Data.Updates.Build();
        await master.Data.Updates.NewStep(buildId, "compile");
        Execute($"INSERT INTO steps (build_id, builder_id, number, name, complete, state_string, hidden) VALUES ({buildId}, 1, 1, 'test', 0, 'x', 0)");

        AddedStep step = await master.Data.Updates.NewStep(buildId, "test");

        (step.Number, step.Name).Should().Be((2, "test_1"));
    }

    [Test]
    public async Task Update_AnotherProgramHasAddedEvents_NumbersGoOnBehindThem()
    {
        await using Master master = await Open("master");
        long stepId = await master.Data.Updates.Step();
        long before = master.Data.Events.LastSequence;
        Execute($"UPDATE event_log SET position = {before + 1000}");

        await master.Data.Updates.StartStep(stepId);

        master.Data.Events.LastSequence.Should().BeGreaterThan(before + 1000);
        await using Watch<Step> watch = await master.Data.Watch<Step>($"/steps/{stepId}");
        watch.Sequence.Should().Be(master.Data.Events.LastSequence);
    }

    [Test]
    public async Task Follow_AnotherProgramHasAddedEvents_EndsAtTheNextUpdate()
    {
        await using Master master = await Open("master");
        long stepId = await master.Data.Updates.Step();
        Subscription events = master.Data.Events.Subscribe("/steps/*");
        Execute($"UPDATE event_log SET position = {master.Data.Events.LastSequence + 1000}");

        await master.Data.Updates.StartStep(stepId);

        master.Events.Dispatcher.MeasureBacklog().Subscribers.Should().Be(0, "the subscription has ended");
        await events.Awaiting(all => all.Rest()).Should().ThrowAsync<EventsLostException>();
    }

    [Test]
    public async Task Open_FileLockingIsSwitchedOffInDotNet_StillFailsBesideAnother()
    {
        await using Master first = await Master.Open(_folder.ConnectionString);

        Func<Task> second = () => TestHost.Start("hold", [_folder.Database], ("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", "1"));

        (await second.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*StoreInUseException*");
    }

    [Test]
    public async Task Open_FileSystemHasNoLocks_FailsWithAClearError()
    {
        using var files = new FaultyFiles();
        files.OnLock = path => path.EndsWith("-lock", StringComparison.Ordinal) ? FaultyFiles.LockError : 0;

        Func<Task> open = () => Master.Open($"{_folder.ConnectionString};Vfs={files.Name}");

        await open.Should().ThrowAsync<StoreException>().WithMessage("*needs a file system that has locks*");
    }

    [Test]
    public async Task Open_NoFileHandleIsLeft_IsNotReportedAsInUse()
    {
        if (!OperatingSystem.IsLinux())
            return;

        var start = new ProcessStartInfo("bash", ["-c", $"ulimit -n 400; exec dotnet '{TestHost.Program}' exhaust '{_folder.Database}'"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;

        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Given.Patience);

        output.Should().Contain("StoreException").And.NotContain("StoreInUse");
    }

    private Task<Master> Open(string name) => Master.Open(options =>
    {
        options.UseSqlite(_folder.ConnectionString);
        options.MasterName = name;
        options.LoggerFactory = _log.ToLoggerFactory();
    });

    private void Execute(string sql)
    {
        using var other = new SqliteConnection(_folder.ConnectionString + ";Pooling=False");
        other.Open();
        using SqliteCommand command = other.CreateCommand();
#pragma warning disable CA2100 // A constant of this test, with a number.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
