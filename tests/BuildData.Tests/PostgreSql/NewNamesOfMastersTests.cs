using Microsoft.Extensions.Logging.Testing;

namespace BuildData.Tests;

/// <summary>Several masters add the same names and keys at the same time. They wait for each other's commits, but not in circles.</summary>
internal sealed class NewNamesOfMastersTests
{
    private const int Masters = 4;
    private const int Names = 50;

    private FakeLogCollector _log = null!;
    private List<Master> _masters = null!;
    private PostgreSqlTestStore _store = null!;

    [SetUp]
    public async Task OpenMasters()
    {
        (_log, _masters) = (new FakeLogCollector(), []);
        _store = (PostgreSqlTestStore)await StoreKinds.PostgreSql.Create();

        // The server soon finds each circle.
        await _store.Scalar<int?>($"ALTER DATABASE {_store.Database} SET deadlock_timeout = '20ms'");
        for (int i = 0; i < Masters; i++)
            _masters.Add(await Open($"master{i}"));
    }

    [TearDown]
    public async Task CloseMasters()
    {
        foreach (Master master in _masters)
            await master.DisposeAsync();
        if (_store is not null)
            await _store.DisposeAsync();
    }

    [Test]
    public Task FindBuilderId_SameNewNameOnAllMasters_MakesNoDeadlock() =>
        AddOnAllMasters((master, name) => master.Data.Updates.FindBuilderId(name));

    [Test]
    public Task FindWorkerId_SameNewNameOnAllMasters_MakesNoDeadlock() =>
        AddOnAllMasters((master, name) => master.Data.Updates.FindWorkerId(name));

    [Test]
    public async Task AddBuildset_SameNewKeyOnAllMasters_MakesNoDeadlock()
    {
        long builder = await _masters[0].Data.Updates.FindBuilderId("linux");

        await AddOnAllMasters(async (master, key) => (await master.Data.Updates.AddBuildset(builderIds: [builder], uniqueKey: key)).BuildsetId);
    }

    [Test]
    public async Task AddBuildset_SameNewSourceStampOnAllMasters_MakesNoDeadlock()
    {
        long builder = await _masters[0].Data.Updates.FindBuilderId("linux");

        await AddOnAllMasters(async (master, revision) =>
        {
            AddedBuildset added = await master.Data.Updates.AddBuildset(sourceStamps: [new SourceStampKey { Revision = revision }], builderIds: [builder], waitedFor: true);
            return (await master.Data.Get<Buildset>($"/buildsets/{added.BuildsetId}"))!.SourceStamps.Single().SourceStampId;
        });
    }

    /// <summary>Adds one name after the other, each on all masters at once.</summary>
    private async Task AddOnAllMasters(Func<Master, string, Task<long>> add)
    {
        // One name at a time, so that no master can wait for two.
        for (int i = 0; i < Names; i++)
        {
            string name = $"new{i}";
            long[] ids = await Task.WhenAll(_masters.Select(master => Task.Run(() => add(master, name))));
            ids.Distinct().Should().ContainSingle();
        }

        _log.GetSnapshot().Select(record => record.Message).Should().NotContain(message => message.Contains("deadlock", StringComparison.Ordinal));
    }

    private Task<Master> Open(string name) => _store.Open(options => (options.MasterName, options.LoggerFactory) = (name, _log.ToLoggerFactory()));
}
