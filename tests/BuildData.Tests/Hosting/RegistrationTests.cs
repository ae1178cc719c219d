using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace BuildData.Tests;

/// <summary>A service container creates the masters that are added to it.</summary>
internal sealed class RegistrationTests
{
    [Test]
    public async Task AddBuildData_InAContainer_GivesOneMasterThatOpensOnFirstUse()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddBuildData(options => options.UseSqlite(folder.ConnectionString));
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            Master master = provider.GetRequiredService<Master>();
            Directory.GetFiles(folder.Path).Should().BeEmpty();

            await master.Data.Updates.FindBuilderId("linux");

            provider.GetRequiredService<Master>().Should().BeSameAs(master);
            Directory.GetFiles(folder.Path).Should().Contain(folder.Database);
        }

        Directory.GetFiles(folder.Path).Should().BeEquivalentTo([folder.Database, folder.Database + "-lock"]);
    }

    [Test]
    public async Task AddBuildData_ContainerIsDisposedSynchronously_LetsTheFileGo()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddBuildData(options => options.UseSqlite(folder.ConnectionString));
        ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetRequiredService<Master>().Data.Updates.FindBuilderId("linux");

#pragma warning disable CA1849 // This is what is tested.
        provider.Dispose();
#pragma warning restore CA1849

        await using Master again = await Master.Open(folder.ConnectionString);
        (await again.Data.GetAll<Builder>("/builders")).Should().ContainSingle();
    }

    [Test]
    public async Task AddBuildData_WithoutAStore_FailsWhenTheMasterIsCreated()
    {
        var services = new ServiceCollection();
        services.AddBuildData();
        await using ServiceProvider provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredService<Master>()).Should().Throw<OptionsValidationException>().WithMessage("*No store is selected*");
    }

    [TestCase("MaxResults", "0")]
    [TestCase("SubscriberBuffer", "0")]
    [TestCase("MasterName", "")]
    [TestCase("EventsKept", "00:00:00")]
    [TestCase("StoreWaitTime", "-00:00:01")]
    [TestCase("Sqlite:LogSizeLimit", "5")]
    [TestCase("ConnectionString", "Data Source=x.db;Nonsense=1")]
    public async Task AddBuildData_InvalidOption_IsNamedWhenTheMasterIsCreated(string option, string value)
    {
        var services = new ServiceCollection();
        services.AddBuildData(options => options.UseSqlite("Data Source=x.db"));
        services.Configure<BuildDataOptions>(Configuration((option, value)));
        await using ServiceProvider provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredService<Master>()).Should().Throw<OptionsValidationException>()
            .WithMessage($"*{(option == "ConnectionString" ? "Nonsense" : option.Split(':')[^1])}*");
    }

    [Test]
    public async Task AddBuildData_OptionsFromAConfiguration_AreUsed()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddBuildData().Configure<BuildDataOptions>(Configuration(
            ("ConnectionString", folder.ConnectionString), ("MasterName", "ci-7"), ("Durability", "Normal"), ("EventsKept", "7.00:00:00"), ("Sqlite:MapMemory", "true")));
        await using ServiceProvider provider = services.BuildServiceProvider();

        Master master = provider.GetRequiredService<Master>();

        (await master.Data.GetAll<MasterInfo>("/masters")).Should().ContainSingle().Which.Name.Should().Be("ci-7");
        BuildDataOptions options = provider.GetRequiredService<IOptions<BuildDataOptions>>().Value;
        (options.Durability, options.EventsKept, options.Sqlite.MapMemory).Should().Be((Durability.Normal, TimeSpan.FromDays(7), true));
    }

    [Test]
    public async Task AddBuildData_WithServices_SetsOptionsFromThem()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddSingleton(folder).AddBuildData((provider, options) => options.UseSqlite(provider.GetRequiredService<TempFolder>().ConnectionString));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await provider.GetRequiredService<Master>().Data.Updates.FindBuilderId("linux");

        File.Exists(folder.Database).Should().BeTrue();
    }

    [Test]
    public void AddBuildData_Twice_Throws()
    {
        var services = new ServiceCollection();
        services.AddBuildData();

        services.Invoking(s => s.AddBuildData()).Should().Throw<InvalidOperationException>().WithMessage("*AddKeyedBuildData*");
    }

    [Test]
    public void AddKeyedBuildData_SameKeyTwice_Throws()
    {
        var services = new ServiceCollection();
        services.AddBuildData().AddKeyedBuildData("a").AddKeyedBuildData("b");

        services.Invoking(s => s.AddKeyedBuildData("a")).Should().Throw<InvalidOperationException>().WithMessage("*'a'*");
    }

    [Test]
    public async Task AddKeyedBuildData_TwoKeys_HaveAStoreEach()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services
            .AddKeyedBuildData("test", options => options.UseSqlite("Data Source=" + folder.File("test.db")))
            .AddKeyedBuildData("live", options => options.UseSqlite("Data Source=" + folder.File("live.db")));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<Updates>("test").FindBuilderId("linux");

        (await provider.GetRequiredKeyedService<DataApi>("test").GetAll<Builder>("/builders")).Should().ContainSingle();
        (await provider.GetRequiredKeyedService<DataApi>("live").GetAll<Builder>("/builders")).Should().BeEmpty();
        provider.GetService<Master>().Should().BeNull();
    }

    [Test]
    public async Task AddBuildData_PartsOfTheMaster_CanBeInjected()
    {
        using var folder = new TempFolder();
        var services = new ServiceCollection();
        services.AddBuildData(options => options.UseSqlite(folder.ConnectionString));
        await using ServiceProvider provider = services.BuildServiceProvider();

        Master master = provider.GetRequiredService<Master>();

        provider.GetRequiredService<DataApi>().Should().BeSameAs(master.Data);
        provider.GetRequiredService<Updates>().Should().BeSameAs(master.Data.Updates);
        provider.GetRequiredService<EventHub>().Should().BeSameAs(master.Data.Events);
    }

    [Test]
    public async Task AddBuildData_ContainerWithAClock_UsesIt()
    {
        using var folder = new TempFolder();
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock).AddBuildData(options => options.UseSqlite(folder.ConnectionString));
        await using ServiceProvider provider = services.BuildServiceProvider();
        Updates updates = provider.GetRequiredService<Updates>();

        await updates.AddBuildset("s", [new SourceStampKey()], "r", [], [await updates.FindBuilderId("linux")]);

        (await provider.GetRequiredService<DataApi>().GetAll<Buildset>("/buildsets")).Single().SubmittedAt.Should().Be(clock.GetUtcNow());
    }

    [Test]
    public async Task UsePostgreSql_WithoutAConnectionString_TakesTheDataSourceOfTheContainer()
    {
        await using var store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();
        var services = new ServiceCollection();
        await using NpgsqlDataSource dataSource = NpgsqlDataSource.Create(store.ConnectionString);
        services.AddSingleton(dataSource).AddBuildData(options => options.UsePostgreSql());
        await using (ServiceProvider provider = services.BuildServiceProvider())
            await provider.GetRequiredService<Updates>().FindBuilderId("linux");

        (await store.Scalar<string>("SELECT name FROM builders")).Should().Be("linux");
    }

    [Test]
    public async Task UsePostgreSql_NeitherConnectionStringNorDataSource_SaysWhatIsNeeded()
    {
        var services = new ServiceCollection();
        services.AddBuildData(options => options.UsePostgreSql());
        await using ServiceProvider provider = services.BuildServiceProvider();

        provider.Invoking(p => p.GetRequiredService<Master>()).Should().Throw<InvalidOperationException>().WithMessage("*ConnectionString*NpgsqlDataSource*");
    }

    [Test]
    public void UsePostgreSql_MalformedConnectionString_DoesNotRepeatThePassword() =>
        new BuildDataOptions().Invoking(options => options.UsePostgreSql("Host=db;Password=secret;Nonsense=1"))
            .Should().Throw<ArgumentException>().WithMessage("*connection string of PostgreSQL is malformed*").Which.ToString().Should().NotContain("secret");

    private static IConfiguration Configuration(params IEnumerable<(string Key, string Value)> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build();
}
