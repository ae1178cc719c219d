namespace BuildData.StoreContracts;

/// <summary>Opens a master on a new store for each test, with a fake clock.</summary>
/// <param name="kind">The kind of the stores.</param>
public abstract class MasterTests(StoreKind kind) : StoreTests(kind)
{
    /// <summary>Gets the clock of the master.</summary>
    protected TestClock Clock { get; private set; } = null!;

    /// <summary>Gets the master.</summary>
    protected Master Master { get; private set; } = null!;

    /// <summary>Gets the data of the master.</summary>
    protected DataApi Data => Master.Data;

    /// <summary>Gets the updates of the master.</summary>
    protected Updates Updates => Master.Data.Updates;

    /// <summary>Opens the master.</summary>
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

    /// <summary>Closes the master.</summary>
    [TearDown]
    public async Task CloseMaster()
    {
        // There is none if it could not be opened.
        if (Master is not null)
            await Master.DisposeAsync();
    }

    /// <summary>Sets further options of the master.</summary>
    /// <param name="options">The options, with the store and the clock.</param>
    protected virtual void Configure(BuildDataOptions options)
    {
    }
}
