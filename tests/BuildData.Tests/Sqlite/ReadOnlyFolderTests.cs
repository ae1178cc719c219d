using BuildData.Stores.Sqlite;

namespace BuildData.Tests;

/// <summary>Reads of a file without locks, as from a folder that can't be written: others may change the file meanwhile.</summary>
internal sealed class ReadOnlyFolderTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public async Task MakeFile()
    {
        _folder = new TempFolder();
        await using Master master = await Master.Open(_folder.ConnectionString);
        await master.Data.Updates.FindBuilderId("linux");
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Stamp_AnotherHasWrittenTheFile_IsAnother()
    {
        FileStamp before = FileStamp.Of(_folder.Database);

        await using (Master master = await Master.Open(_folder.ConnectionString))
            await master.Data.Updates.FindBuilderId("windows");

        FileStamp.Of(_folder.Database).Should().NotBe(before);
    }

    [Test]
    public async Task Stamp_AnotherHasTheFileOpen_TellsOfTheLog()
    {
        await using Master master = await Master.Open(_folder.ConnectionString);
        await master.Data.Updates.FindBuilderId("windows");

        FileStamp.Of(_folder.Database).HasLog.Should().BeTrue();
    }
}
