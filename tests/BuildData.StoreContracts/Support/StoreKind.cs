namespace BuildData.StoreContracts;

/// <summary>Describes a kind of store. Every kind passes the tests of every contract.</summary>
/// <param name="name">The name, which no other kind has.</param>
/// <param name="create">Creates an empty store.</param>
public sealed class StoreKind(string name, Func<Task<TestStore>> create)
{
    /// <summary>Gets the name.</summary>
    public string Name => name;

    /// <summary>Creates an empty store.</summary>
    public Task<TestStore> Create() => create();
}
