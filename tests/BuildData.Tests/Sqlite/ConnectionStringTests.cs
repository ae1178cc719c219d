using BuildData.Stores.Sqlite;

namespace BuildData.Tests;

// The data directory is the whole process's.
[NonParallelizable]
internal sealed class ConnectionStringTests
{
    private const string DataDirectory = "DataDirectory";

    [TearDown]
    public void ForgetDataDirectory() => AppDomain.CurrentDomain.SetData(DataDirectory, null);

    [TestCase("|DataDirectory|builds.db")]
    [TestCase("|datadirectory|builds.db")]
    [TestCase("|DataDirectory|/builds.db")]
    public void DataDirectory_OfTheHost_IsWhereTheFileIs(string source)
    {
        using var folder = new TempFolder();
        AppDomain.CurrentDomain.SetData(DataDirectory, folder.Path);

        new SqliteFile($"Data Source={source}", new SqliteOptions()).Path.Should().Be(folder.Database);
    }

    [Test]
    public void DataDirectory_OfTheHost_IsWhereRelativeNamesBegin()
    {
        using var folder = new TempFolder();
        AppDomain.CurrentDomain.SetData(DataDirectory, folder.Path);

        new SqliteFile("Data Source=builds.db", new SqliteOptions()).Path.Should().Be(folder.Database);
        new SqliteFile("Data Source=/srv/builds.db", new SqliteOptions()).Path.Should().Be(Path.GetFullPath("/srv/builds.db"));
    }

    [Test]
    public void DataDirectory_ThatIsNotSet_IsTheProgramsFolder()
    {
        new SqliteFile("Data Source=|DataDirectory|builds.db", new SqliteOptions()).Path.Should().Be(Path.Combine(AppContext.BaseDirectory, "builds.db"));
        new SqliteFile("Data Source=builds.db", new SqliteOptions()).Path.Should().Be(Path.GetFullPath("builds.db"));
    }

    [Test]
    public async Task Open_InTheDataDirectory_MakesTheFileThere()
    {
        using var folder = new TempFolder();
        AppDomain.CurrentDomain.SetData(DataDirectory, folder.Path);

        await using (Master master = await Master.Open("Data Source=|DataDirectory|builds.db"))
            await master.Data.Updates.FindBuilderId("linux");

        File.Exists(folder.Database).Should().BeTrue();
    }

    [TestCase("Password=secret", "Password")]
    [TestCase("Cache=Shared", "Cache")]
    [TestCase("Foreign Keys=False", "Foreign Keys")]
    [TestCase("Default Timeout=60", "Default Timeout")]
    [TestCase("Command Timeout=0", "Default Timeout")]
    public void UseSqlite_KeywordThatWouldHaveNoEffect_IsRefusedAndNamed(string keyword, string name) =>
        new BuildDataOptions().Invoking(options => options.UseSqlite($"Data Source=builds.db;{keyword}"))
            .Should().Throw<ArgumentException>().WithMessage($"*{name}*").WithParameterName("connectionString")
            .Which.Message.Should().NotContain("secret");

    [Test]
    public void UseSqlite_PasswordWithoutAFile_DoesNotShowThePassword() =>
        new BuildDataOptions().Invoking(options => options.UseSqlite("Password=secret"))
            .Should().Throw<ArgumentException>().Which.Message.Should().NotContain("secret");

    [Test]
    public async Task Open_ModeReadWrite_RefusesAFileThatDoesNotExist()
    {
        using var folder = new TempFolder();

        await FluentActions.Awaiting(() => Master.Open(folder.ConnectionString + ";Mode=ReadWrite")).Should().ThrowAsync<StoreException>();

        File.Exists(folder.Database).Should().BeFalse();
    }

    [TestCase("Mode=ReadWrite")]
    [TestCase("Mode=ReadOnly")]
    [TestCase("Cache=Private")]
    [TestCase("Cache=Default")]
    [TestCase("Password=")]
    [TestCase("Foreign Keys=True")]
    [TestCase("Recursive Triggers=True")]
    [TestCase("Pooling=True")]
    [TestCase("Pooling=False")]
    [TestCase("Default Timeout=30")]
    [TestCase("Vfs=unix")]
    public async Task Open_KeywordThatIsHarmless_Works(string keyword)
    {
        using var folder = new TempFolder();
        await (await Master.Open(folder.ConnectionString)).DisposeAsync();

        await using Master master = await Master.Open($"{folder.ConnectionString};{keyword}");

        (await master.Data.GetAll<Step>("/steps")).Should().BeEmpty();
    }
}
