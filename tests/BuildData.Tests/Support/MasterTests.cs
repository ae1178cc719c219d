namespace BuildData.Tests;

/// <summary>Gives each test a master on a new store, and a clock that stands still.</summary>
internal abstract class MasterTests(StoreKind kind) : StoreTests(kind)
{
    protected FakeClock Clock { get; private set; } = null!;

    protected Master Master { get; private set; } = null!;

    protected DataApi Data => Master.Data;

    protected Updates Updates => Master.Data.Updates;

    [SetUp]
    public async Task OpenMaster()
    {
        Clock = new FakeClock();
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
