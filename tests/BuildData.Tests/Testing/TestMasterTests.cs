using System.Diagnostics.Metrics;
using BuildData.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

internal sealed class TestMasterTests
{
    [Test]
    public async Task Open_WithoutOptions_StoresUpdates()
    {
        await using TestMaster test = await TestMaster.Open();

        long id = await test.Updates.FindBuilderId("linux");

        (await test.Data.Get<Builder>($"/builders/{id}"))!.Name.Should().Be("linux");
    }

    [Test]
    public async Task Open_InParallel_EachMasterHasItsOwnData()
    {
        TestMaster[] tests = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TestMaster.Open()));

        await Task.WhenAll(tests.Select((test, i) => test.Updates.FindBuilderId($"builder-{i}")));

        foreach ((int i, TestMaster test) in tests.Index())
        {
            (await test.Data.GetAll<Builder>("/builders")).Select(builder => builder.Name).Should().Equal($"builder-{i}");
            await test.DisposeAsync();
        }
    }

    [Test]
    public async Task Open_WithOptions_UsesThem()
    {
        await using TestMaster test = await TestMaster.Open(options => options.MasterName = "ci-1");

        (await test.Data.GetAll<MasterInfo>("/masters")).Select(master => master.Name).Should().Equal("ci-1");
    }

    [Test]
    public async Task Open_OptionsSelectTheStoreOfAHost_UsesTheTemporaryFile()
    {
        using var host = new TestDatabase();

        await using TestMaster test = await TestMaster.Open(options => options.UseSqlite(host.ConnectionString));

        File.Exists(test.FilePath).Should().BeTrue();
        File.Exists(host.FilePath).Should().BeFalse();
    }

    [Test]
    public async Task Open_OptionsSelectAnotherKindOfStore_UsesTheTemporaryFile()
    {
        await using TestMaster test = await TestMaster.Open(options => options.UsePostgreSql("Host=builddata.invalid"));

        File.Exists(test.FilePath).Should().BeTrue();
    }

    [Test]
    public async Task Open_FileIsNotADatabase_DeletesTheFolder()
    {
        string file = "";

        Func<Task> open = () => TestMaster.Open(options => File.WriteAllText(file = FileOf(options), new string('x', 4096)));

        await open.Should().ThrowAsync<StoreException>();
        Directory.Exists(Path.GetDirectoryName(file)).Should().BeFalse();
    }

    [Test]
    public async Task Open_OptionIsInvalid_DeletesTheFolder()
    {
        string file = "";

        Func<Task> open = () => TestMaster.Open(options => (file, options.MasterName) = (FileOf(options), ""));

        await open.Should().ThrowAsync<ArgumentException>();
        Directory.Exists(Path.GetDirectoryName(file)).Should().BeFalse();
    }

    [Test]
    public async Task Open_Cancelled_DeletesTheFolder()
    {
        string file = "";

        Func<Task> open = () => TestMaster.Open(options => file = FileOf(options), new CancellationToken(canceled: true));

        await open.Should().ThrowAsync<OperationCanceledException>();
        Directory.Exists(Path.GetDirectoryName(file)).Should().BeFalse();
    }

    [Test]
    public async Task OpenWithClock_WithAStart_UpdatesHaveThisTime()
    {
        var start = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        await using TestMaster test = await TestMaster.OpenWithClock(start);

        TestBuild build = await test.Updates.AddTestBuild();

        (await test.Data.Get<Build>($"/builds/{build.BuildId}"))!.StartedAt.Should().Be(start);
    }

    [Test]
    public async Task Clock_Advanced_UpdatesHaveTheNewTime()
    {
        await using TestMaster test = await TestMaster.OpenWithClock();
        TestBuild build = await test.Updates.AddTestBuild();

        test.Clock.Advance(TimeSpan.FromHours(1));
        await test.Updates.FinishBuild(build.BuildId, BuildResult.Success);

        Build finished = (await test.Data.Get<Build>($"/builds/{build.BuildId}"))!;
        (finished.CompleteAt - finished.StartedAt).Should().Be(TimeSpan.FromHours(1));
    }

    [Test]
    public async Task Clock_OfTheOptions_IsReturned()
    {
        var clock = new FakeTimeProvider();

        await using TestMaster test = await TestMaster.Open(options => options.TimeProvider = clock);

        test.Clock.Should().BeSameAs(clock);
    }

    [Test]
    public async Task Clock_OfAMasterWithTheSystemClock_ThrowsAndNamesTheMethod()
    {
        await using TestMaster test = await TestMaster.Open();

        test.Invoking(t => t.Clock).Should().Throw<InvalidOperationException>().WithMessage("*TestMaster.OpenWithClock*");
    }

    [Test]
    public async Task Restart_AfterAnUpdate_ReadsItAgain()
    {
        await using TestMaster test = await TestMaster.Open();
        Master before = test.Master;
        long id = await test.Updates.FindBuilderId("linux");

        await test.Restart();

        test.Master.Should().NotBeSameAs(before);
        (await test.Data.Get<Builder>($"/builders/{id}"))!.Name.Should().Be("linux");
    }

    [Test]
    public async Task Restart_WithClock_KeepsTheTime()
    {
        await using TestMaster test = await TestMaster.OpenWithClock();
        test.Clock.Advance(TimeSpan.FromDays(400));
        DateTimeOffset before = test.Clock.GetUtcNow();

        await test.Restart();

        TestBuild build = await test.Updates.AddTestBuild();
        (await test.Data.Get<Build>($"/builds/{build.BuildId}"))!.StartedAt.Should().Be(before);
    }

    [Test]
    public async Task ConnectionString_OfAnOpenMaster_AllowsAReader()
    {
        await using TestMaster test = await TestMaster.Open();
        long id = await test.Updates.FindBuilderId("linux");

        await using Master reader = await Master.Open(test.ConnectionString + ";Mode=ReadOnly");

        (await reader.Data.Get<Builder>($"/builders/{id}"))!.Name.Should().Be("linux");
    }

    [Test]
    public async Task DisposeAsync_AfterUpdatesAndReads_LeavesNeitherFolderNorOpenFiles()
    {
        TestMaster test = await TestMaster.Open(options => options.KeepEvents(TimeSpan.FromDays(1)));
        string folder = Path.GetDirectoryName(test.FilePath)!;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => test.Updates.AddTestBuild($"builder-{i}")));
        await test.Data.GetAll<Build>("/builds");

        await test.DisposeAsync();

        Directory.Exists(folder).Should().BeFalse();
        if (OperatingSystem.IsLinux())
            LinuxProcess.OpenFiles(folder).Should().BeEmpty();
    }

    // Windows deletes no open files. The meter ends when the master has closed its files, so the folder must exist until then.
    [Test]
    public async Task DisposeAsync_WhenTheMasterEnds_FilesAreClosedBeforeTheyAreDeleted()
    {
        Assume.That(OperatingSystem.IsLinux());
        TestMaster test = await TestMaster.Open(options => options.MasterName = "closing");
        string folder = Path.GetDirectoryName(test.FilePath)!;
        var seen = new List<(bool FolderExists, bool HasOpenFiles)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Tags is { } tags && tags.Any(tag => tag.Value is "closing"))
                    listener.EnableMeasurementEvents(instrument);
            },
            MeasurementsCompleted = (_, _) => seen.Add((Directory.Exists(folder), LinuxProcess.OpenFiles(folder).Any())),
        };
        listener.Start();

        await test.DisposeAsync();

        seen.Distinct().Should().Equal((true, false));
        Directory.Exists(folder).Should().BeFalse();
    }

    [Test]
    public async Task DisposeAsync_LastWriteFails_ThrowsAndLeavesNeitherFolderNorOpenFiles()
    {
        TestMaster test = await TestMaster.Open();
        string folder = Path.GetDirectoryName(test.FilePath)!;
        using (var other = new SqliteConnection(test.ConnectionString + ";Pooling=False"))
        {
            other.Open();
            using SqliteCommand drop = other.CreateCommand();
            drop.CommandText = "PRAGMA foreign_keys = OFF; DROP TABLE masters";
            drop.ExecuteNonQuery();
        }

        await test.Awaiting(t => t.DisposeAsync().AsTask()).Should().ThrowAsync<StoreException>();

        Directory.Exists(folder).Should().BeFalse();
        if (OperatingSystem.IsLinux())
            LinuxProcess.OpenFiles(folder).Should().BeEmpty();
    }

    [Test]
    public async Task DisposeAsync_Twice_DoesNothingMore()
    {
        TestMaster test = await TestMaster.Open();
        await test.DisposeAsync();

        await test.Awaiting(t => t.DisposeAsync().AsTask()).Should().NotThrowAsync();
    }

    private static string FileOf(BuildDataOptions options) => new SqliteConnectionStringBuilder(options.ConnectionString).DataSource;
}
