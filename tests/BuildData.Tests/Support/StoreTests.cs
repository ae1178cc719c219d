namespace BuildData.Tests;

/// <summary>
/// Gives each test a new store. An abstract class with tests that derives from it is a contract: every kind of store
/// runs its tests in a derived class.
/// </summary>
internal abstract class StoreTests(StoreKind kind)
{
    public StoreKind Kind { get; } = kind;

    protected TestStore Store { get; private set; } = null!;

    [SetUp]
    public async Task MakeStore() => Store = await Kind.Create();

    [TearDown]
    public async Task RemoveStore()
    {
        // There is none if the test was skipped because there is no server.
        if (Store is not null)
            await Store.DisposeAsync();
    }
}
