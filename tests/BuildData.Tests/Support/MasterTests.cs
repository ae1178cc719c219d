namespace BuildData.Tests;

/// <summary>Gives each test a master on a new database file, and a clock that stands still.</summary>
internal abstract class MasterTests
{
    protected TempFolder Folder { get; private set; } = null!;

    protected FakeClock Clock { get; private set; } = null!;

    protected Master Master { get; private set; } = null!;

    protected DataApi Data => Master.Data;

    protected Updates Updates => Master.Data.Updates;

    [SetUp]
    public async Task OpenMaster()
    {
        Folder = new TempFolder();
        Clock = new FakeClock();
        Master = await Master.Open(options =>
        {
            options.UseSqlite(Folder.ConnectionString);
            options.TimeProvider = Clock;
            Configure(options);
        });
    }

    [TearDown]
    public async Task CloseMaster()
    {
        await Master.DisposeAsync();
        Folder.Dispose();
    }

    protected virtual void Configure(BuildDataOptions options)
    {
    }
}
