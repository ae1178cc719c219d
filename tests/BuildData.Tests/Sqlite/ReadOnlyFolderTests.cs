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
    public async Task Of_AnotherProcessHasWrittenTheFile_ReturnsADifferentStamp()
    {
        FileChangeStamp before = FileChangeStamp.Of(_folder.Database);

        await using (Master master = await Master.Open(_folder.ConnectionString))
            await master.Data.Updates.FindBuilderId("windows");

        FileChangeStamp.Of(_folder.Database).Should().NotBe(before);
    }

    [Test]
    public async Task Of_AnotherProcessHasTheFileOpen_ReportsTheLog()
    {
        await using Master master = await Master.Open(_folder.ConnectionString);
        await master.Data.Updates.FindBuilderId("windows");

        FileChangeStamp.Of(_folder.Database).HasWriteAheadLog.Should().BeTrue();
    }

    [Test]
    public async Task Read_AnotherProcessWritesTheFileMeanwhile_RunsAgain()
    {
        using var files = new FaultyFiles();
        files.OnLock = path => path == _folder.Database ? FaultyFiles.CanNotOpen : 0;
        await using Master reader = await Master.Open($"{_folder.ConnectionString};Mode=ReadOnly;Vfs={files.Name}");
        int reads = 0;

        int builders = await reader.Store.Read(
            async (session, _, token) =>
            {
                List<long> ids = await session.Rows<long>(session.Sql().Append("SELECT id FROM builders"), token);
                if (++reads == 1)
                {
                    await using Master writer = await Master.Open(_folder.ConnectionString, token);
                    await writer.Data.Updates.FindBuilderId("windows", cancellationToken: token);
                }

                return ids.Count;
            },
            0,
            CancellationToken.None);

        (reads, builders).Should().Be((2, 2));
    }
}
