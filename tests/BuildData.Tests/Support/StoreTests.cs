namespace BuildData.Tests;

/// <summary>
/// Gives each test a new store. An abstract class with tests that derives from it is a contract: every kind of store keeps it,
/// in a derived class of its own.
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
        // There is none if the test was skipped for want of a server.
        if (Store is not null)
            await Store.DisposeAsync();
    }
}
