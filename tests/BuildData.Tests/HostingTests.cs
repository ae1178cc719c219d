using Microsoft.Extensions.DependencyInjection;

namespace BuildData.Tests;

internal sealed class HostingTests
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
    public void AddBuildData_WithoutAStore_FailsAtOnce() =>
        new ServiceCollection().Invoking(services => services.AddBuildData(_ => { })).Should().Throw<ArgumentException>();

    [Test]
    public void AddBuildData_OptionsThatMakeNoSense_FailAtOnce()
    {
        Action<BuildDataOptions>[] wrong =
            [o => o.MaxResults = 0, o => o.SubscriberBuffer = 0, o => o.MasterName = "", o => o.TimeProvider = null!];

        foreach (Action<BuildDataOptions> set in wrong)
        {
            new ServiceCollection().Invoking(services => services.AddBuildData(o => set(o.UseSqlite("Data Source=x.db"))))
                .Should().Throw<ArgumentException>();
        }
    }
}
