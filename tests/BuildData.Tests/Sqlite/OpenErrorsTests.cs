using Dapper;
using Microsoft.Data.Sqlite;

namespace BuildData.Tests;

internal sealed class OpenErrorsTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task Open_FileThatIsNoDatabase_FailsAndLeavesItAsItWas()
    {
        string text = new('x', 5000);
        await File.WriteAllTextAsync(_folder.Database, text);

        await Opening().Should().ThrowAsync<StoreException>().WithMessage($"*{_folder.Database}*not a SQLite database*");

        (await File.ReadAllTextAsync(_folder.Database)).Should().Be(text);
        Directory.GetFiles(_folder.Path).Should().BeEquivalentTo([_folder.Database, _folder.Database + "-lock"]);
    }

    [Test]
    public async Task Open_AnotherProgramsDatabase_FailsAndLeavesItAsItWas()
    {
        Execute("CREATE TABLE theirs (id INTEGER)");

        await Opening().Should().ThrowAsync<StoreException>().WithMessage("*another program's*");

        Query<string>("SELECT name FROM sqlite_schema").Should().Equal("theirs");
    }

    [Test]
    public async Task OpenReadOnly_AnotherProgramsDatabase_Fails()
    {
        Execute("CREATE TABLE theirs (id INTEGER); PRAGMA user_version = 1");

        await FluentActions.Awaiting(() => Master.Open(_folder.ConnectionString + ";Mode=ReadOnly"))
            .Should().ThrowAsync<StoreException>().WithMessage("*another program's*");
    }

    [Test]
    public async Task OpenReadOnly_OlderSchema_SaysHowToMigrate()
    {
        await (await Master.Open(_folder.ConnectionString)).DisposeAsync();
        Execute("PRAGMA user_version = 0");

        await FluentActions.Awaiting(() => Master.Open(_folder.ConnectionString + ";Mode=ReadOnly"))
            .Should().ThrowAsync<SchemaVersionException>().WithMessage("*Open it for writing once*");
    }

    [TestCase(Durability.Full, 2)]
    [TestCase(Durability.Normal, 1)]
    public void Configure_Durability_IsWhatTheDatabaseDoes(Durability durability, int synchronous)
    {
        using var connection = new SqliteConnection(_folder.ConnectionString + ";Pooling=False");
        connection.Open();

        BuildData.Stores.Sqlite.WriteConnectionSettings.Apply(connection, durability, 1 << 26);

        connection.QuerySingle<long>("PRAGMA synchronous").Should().Be(synchronous);
        connection.QuerySingle<string>("PRAGMA journal_mode").Should().Be("wal");
    }

    [Test]
    public async Task Open_NewerSchema_FailsAndLeavesItAsItWas()
    {
        await (await Master.Open(_folder.ConnectionString)).DisposeAsync();
        Execute("PRAGMA user_version = 999");

        (await Opening().Should().ThrowAsync<SchemaVersionException>()).Which.Found.Should().Be(999);

        Query<long>("PRAGMA user_version").Should().Equal(999);
    }

    [Test]
    public async Task Open_FolderThatDoesNotExist_FailsAndNamesTheFile() =>
        await FluentActions.Awaiting(() => Master.Open($"Data Source={_folder.File("none/builds.db")}"))
            .Should().ThrowAsync<StoreException>().WithMessage("*none/builds.db*does not exist*");

    [Test]
    public async Task Open_DirectoryInsteadOfAFile_Fails() =>
        await FluentActions.Awaiting(() => Master.Open($"Data Source={_folder.Path}")).Should().ThrowAsync<StoreException>().WithMessage("*is a directory*");

    [Test]
    public async Task Open_DirectoryThatCanNotBeWritten_Fails()
    {
        // To a superuser every ordinary directory can be written; this one can't by anybody.
        const string Unwritable = "/proc/builds.db";
        Assume.That(OperatingSystem.IsLinux());

        await FluentActions.Awaiting(() => Master.Open($"Data Source={Unwritable}"))
            .Should().ThrowAsync<StoreException>().WithMessage($"*{Unwritable}*can't be opened*");
    }

    [TestCase("")]
    [TestCase("Data Source=:memory:")]
    [TestCase("Data Source=x;Mode=Memory")]
    [TestCase("Password")]
    [TestCase("Colour=red")]
    public void UseSqlite_ConnectionStringThatNamesNoFile_Fails(string connectionString) =>
        FluentActions.Invoking(() => new BuildDataOptions().UseSqlite(connectionString)).Should().Throw<ArgumentException>();

    [Test]
    public async Task Open_ReadOnlyWithoutAFile_Fails() =>
        await FluentActions.Awaiting(() => Master.Open(_folder.ConnectionString + ";Mode=ReadOnly")).Should().ThrowAsync<StoreException>();

    [Test]
    public async Task Open_AfterAnError_CanBeTriedAgain()
    {
        await File.WriteAllTextAsync(_folder.Database, new string('x', 5000));
        await using var master = new Master(new BuildDataOptions().UseSqlite(_folder.ConnectionString));
        await master.Awaiting(m => m.Data.Updates.FindBuilderId("linux")).Should().ThrowAsync<StoreException>();
        File.Delete(_folder.Database);

        (await master.Data.Updates.FindBuilderId("linux")).Should().Be(1);
    }

    [Test]
    public void Constructor_NoStore_Fails() =>
        FluentActions.Invoking(() => new Master(new BuildDataOptions())).Should().Throw<ArgumentException>().WithMessage("*UseSqlite*");

    private Func<Task> Opening() => () => Master.Open(_folder.ConnectionString);

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection(_folder.ConnectionString + ";Pooling=False");
        connection.Execute(sql);
    }

    private IEnumerable<T> Query<T>(string sql)
    {
        using var connection = new SqliteConnection(_folder.ConnectionString + ";Pooling=False");
        return [.. connection.Query<T>(sql)];
    }
}
