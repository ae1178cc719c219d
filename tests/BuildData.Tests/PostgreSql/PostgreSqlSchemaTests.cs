using Npgsql;

namespace BuildData.Tests;

/// <summary>What a master finds when it opens a database, and what it makes of it.</summary>
internal sealed class PostgreSqlSchemaTests
{
    private PostgreSqlServer _server = null!;
    private PostgreSqlTestStore _store = null!;

    [SetUp]
    public async Task MakeDatabase()
    {
        _server = await SharedServer.Get();
        _store = await PostgreSqlTestStore.Create(_server);
    }

    [TearDown]
    public async Task RemoveDatabase()
    {
        // There is none if the test was skipped because there is no server.
        if (_store is not null)
            await _store.DisposeAsync();
    }

    [Test]
    public async Task Open_EmptyDatabaseByManyAtOnce_WorksForAll()
    {
        Master[] masters = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => _store.Open(options => options.MasterName = $"m{i}"))));

        long[] ids = await Task.WhenAll(masters.Select(master => master.Data.Updates.FindBuilderId("linux")));

        ids.Should().AllBeEquivalentTo(ids[0]);
        foreach (Master master in masters)
            await master.DisposeAsync();
    }

    [Test]
    public async Task Open_NewerSchema_FailsAndLeavesItAsItWas()
    {
        await (await _store.Open()).DisposeAsync();
        await _store.Scalar<int?>("UPDATE builddata_schema SET version = 999");

        SchemaVersionException error = (await _store.Awaiting(store => store.Open()).Should().ThrowAsync<SchemaVersionException>()).Which;

        error.Found.Should().Be(999);
        error.Known.Should().BeInRange(1, 998);
        (await _store.Scalar<long>("SELECT version FROM builddata_schema")).Should().Be(999);
    }

    [Test]
    public async Task Open_AnotherProgramsTables_FailsAndMakesNothing()
    {
        await _store.Scalar<int?>("CREATE TABLE builds (id int)");

        await _store.Awaiting(store => store.Open()).Should().ThrowAsync<StoreException>().WithMessage($"*{_store.Database}*another program*");

        (await Tables("public")).Should().Be("builds");
    }

    [Test]
    public async Task Open_AnotherTableOfTheSameName_FailsAndMakesNothing()
    {
        await _store.Scalar<int?>("CREATE TABLE workers (id int)");

        await _store.Awaiting(store => store.Open()).Should().ThrowAsync<StoreException>().WithMessage("*\"workers\" already exists*");

        (await Tables("public")).Should().Be("workers");
    }

    [Test]
    public async Task Open_AfterAnError_CanBeTriedAgain()
    {
        await _store.Scalar<int?>("CREATE TABLE builds (id int)");
        var options = new BuildDataOptions();
        _store.Use(options);
        await using var master = new Master(options);
        await master.Awaiting(m => m.Open()).Should().ThrowAsync<StoreException>();
        await _store.Scalar<int?>("DROP TABLE builds");

        (await master.Data.Updates.FindBuilderId("linux")).Should().BePositive();
    }

    [Test]
    public async Task Open_NoServer_FailsAndNamesHostAndDatabase() =>
        await FluentActions.Awaiting(() => Master.Open(options => options.UsePostgreSql("Host=127.0.0.1;Port=1;Database=nowhere;Username=nobody")))
            .Should().ThrowAsync<StoreException>().WithMessage("*127.0.0.1/nowhere*can't be reached*");

    [Test]
    public async Task Open_NoSuchDatabase_FailsAndNamesIt() =>
        await FluentActions.Awaiting(() => Master.Open(options => options.UsePostgreSql(_server.ConnectionString("nowhere"))))
            .Should().ThrowAsync<StoreException>().WithMessage("*nowhere*");

    [Test]
    public async Task Open_NoSuchSchema_FailsAndMakesNothing()
    {
        await FluentActions.Awaiting(() => OpenIn("nowhere")).Should().ThrowAsync<StoreException>().WithMessage("*no schema*");

        (await Tables("public")).Should().BeNull();
    }

    [Test]
    public async Task Open_SchemaInFrontOfAnothersTables_MakesItsOwn()
    {
        await (await _store.Open()).DisposeAsync();
        await _store.Scalar<int?>("CREATE SCHEMA mine");

        await using Master mine = await OpenIn("mine,public");

        (await mine.Data.GetAll<MasterInfo>("/masters")).Should().ContainSingle();
        (await _store.Scalar<long>("SELECT count(*) FROM public.masters")).Should().Be(1);
    }

    [Test]
    public async Task Open_TwoSchemasOfADatabase_HaveMastersOfTheSameName()
    {
        await _store.Scalar<int?>("CREATE SCHEMA a; CREATE SCHEMA b");

        await using Master first = await OpenIn("a");
        await using Master second = await OpenIn("b");

        (await second.Data.GetAll<MasterInfo>("/masters")).Should().ContainSingle().Which.Active.Should().BeTrue();
    }

    [Test]
    public async Task Events_TwoSchemasOfADatabase_StayApart()
    {
        await _store.Scalar<int?>("CREATE SCHEMA a; CREATE SCHEMA b");
        await using Master first = await OpenIn("a");
        await using Master second = await OpenIn("b");
        Subscription heard = second.Data.Events.Subscribe("/steps/*");
        long build = await second.Data.Updates.Build();
        await using Master writer = await OpenIn("b", "writer");

        // Its sequence numbers are far ahead of the other's.
        long elsewhere = await first.Data.Updates.Build();
        for (int i = 0; i < 100; i++)
            await first.Data.Updates.NewStep(elsewhere, "elsewhere");
        await writer.Data.Updates.NewStep(build, "here");

        (await heard.Next(1)).Select(e => ((Step)e.Resource).Name).Should().Equal("here");
        (await second.Data.Count<Step>("/steps")).Should().Be(1);
    }

    [Test]
    public async Task Query_DatabaseOrdersTextByLanguage_ComparesByCodePoints()
    {
        await using PostgreSqlTestStore english = await PostgreSqlTestStore.Create(_server, "template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
        Assume.That(await english.Scalar<bool>("SELECT 'a' < 'B'"), "the database's own order is that of a language");
        await using Master master = await english.Open();
        foreach (string name in (string[])["b", "B", "a", "A", "ä", "_", "é", "Z"])
            await master.Data.Updates.FindBuilderId(name);

        (await master.Data.GetAll<Builder>("/builders?order=name")).Select(builder => builder.Name).Should().Equal("A", "B", "Z", "_", "a", "b", "ä", "é");
        (await master.Data.GetAll<Builder>("/builders?order=name&name__lt=a")).Select(builder => builder.Name).Should().Equal("A", "B", "Z", "_");
        (await master.Data.GetAll<Builder>("/builders?name=a")).Select(builder => builder.Name).Should().Equal("a");
    }

    [Test]
    public async Task Open_DatabaseOfAnotherEncoding_Fails()
    {
        await using PostgreSqlTestStore latin = await PostgreSqlTestStore.Create(_server, "template0 ENCODING 'LATIN1'");

        await latin.Awaiting(store => store.Open()).Should().ThrowAsync<StoreException>().WithMessage("*LATIN1*");

        (await latin.Scalar<long>("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).Should().Be(0);
    }

    private Task<string?> Tables(string schema) =>
        _store.Scalar<string>($"SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = '{schema}'");

    private Task<Master> OpenIn(string schemas, string name = "master") => Master.Open(options =>
    {
        var settings = new NpgsqlConnectionStringBuilder(_store.ConnectionString) { SearchPath = schemas };
        options.UsePostgreSql(settings.ToString()).MasterName = name;
    });
}
