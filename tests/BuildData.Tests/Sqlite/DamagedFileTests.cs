using BuildData.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

/// <summary>A connection that can't be opened leaves no handle, so that a backup can take the place of the file.</summary>
[Platform("Linux")]
internal sealed class DamagedFileTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public async Task WriteWhatIsNoDatabase()
    {
        _folder = new TempFolder();
        await File.WriteAllBytesAsync(_folder.Database, [.. Enumerable.Repeat((byte)7, 8192)]);
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void OpenForReading_FileIsNoDatabase_LeavesNoHandle()
    {
        var file = new SqliteFile(_folder.ConnectionString, new SqliteOptions());

        file.Invoking(opened => opened.OpenForReading()).Should().Throw<SqliteException>();

        LinuxProcess.OpenFiles(_folder.Path).Should().BeEmpty();
    }

    [Test]
    public async Task Open_FileIsNoDatabase_LeavesNoHandle()
    {
        await FluentActions.Awaiting(() => Master.Open(_folder.ConnectionString)).Should().ThrowAsync<StoreException>();

        LinuxProcess.OpenFiles(_folder.Path).Should().BeEmpty();
    }
}
