namespace BuildData.StoreContracts;

/// <summary>
/// Creates a new store for each test. An abstract class with tests that derives from it is a contract: every kind of store
/// runs its tests in a derived class.
/// </summary>
/// <param name="kind">The kind of the stores.</param>
[TimeLimit(minutes: 8)]
public abstract class StoreTests(StoreKind kind)
{
    /// <summary>Gets the kind of the stores.</summary>
    public StoreKind Kind { get; } = kind;

    /// <summary>Gets the store of the test.</summary>
    protected TestStore Store { get; private set; } = null!;

    /// <summary>Creates the store.</summary>
    [SetUp]
    public async Task MakeStore() => Store = await Kind.Create();

    /// <summary>Deletes the store.</summary>
    [TearDown]
    public async Task RemoveStore()
    {
        // There is none if the test was skipped because there is no server.
        if (Store is not null)
            await Store.DisposeAsync();
    }
}
