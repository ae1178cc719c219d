using BuildData.Testing;

namespace BuildData.Tests;

internal sealed class TestDatabaseTests
{
    [Test]
    public async Task ConnectionString_OfADatabase_OpensItsFile()
    {
        using var database = new TestDatabase();

        await using Master master = await Master.Open(database.ConnectionString);

        File.Exists(database.FilePath).Should().BeTrue();
    }

    [Test]
    public void Databases_OfTwoTests_AreInFoldersOfTheirOwn()
    {
        using var first = new TestDatabase();
        using var second = new TestDatabase();

        first.Folder.Should().NotBe(second.Folder);
    }

    [Test]
    public void Dispose_FolderHasFiles_DeletesIt()
    {
        var database = new TestDatabase();
        File.WriteAllText(Path.Combine(database.Folder, "settings.json"), "{}");

        database.Dispose();

        Directory.Exists(database.Folder).Should().BeFalse();
    }

    [Test]
    public void Dispose_FolderIsGone_DoesNothing()
    {
        var database = new TestDatabase();
        database.Dispose();

        database.Invoking(d => d.Dispose()).Should().NotThrow();
    }
}
