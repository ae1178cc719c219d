namespace BuildData.Tests;

/// <summary>Gives each test a master on a new store, and a fake clock.</summary>
internal abstract class MasterTests(StoreKind kind) : StoreTests(kind)
{
    protected TestClock Clock { get; private set; } = null!;

    protected Master Master { get; private set; } = null!;

    protected DataApi Data => Master.Data;

    protected Updates Updates => Master.Data.Updates;

    [SetUp]
    public async Task OpenMaster()
    {
        Clock = new TestClock();
        Master = await Store.Open(options =>
        {
            options.TimeProvider = Clock;
            Configure(options);
        });
    }

    [TearDown]
    public async Task CloseMaster()
    {
        // There is none if it could not be opened.
        if (Master is not null)
            await Master.DisposeAsync();
    }

    protected virtual void Configure(BuildDataOptions options)
    {
    }
}
