namespace BuildData.StoreContracts;

/// <summary>A store for the masters of one test, which is deleted when it is disposed.</summary>
public abstract class TestStore : IAsyncDisposable
{
    /// <summary>Chooses this store in the options of a master. A test can open several masters, one after another.</summary>
    /// <param name="options">The options of the master.</param>
    public abstract void Use(BuildDataOptions options);

    /// <summary>Deletes the store. All of its masters are closed.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Opens a master on this store.</summary>
    /// <param name="configure">Sets further options.</param>
    public Task<Master> Open(Action<BuildDataOptions>? configure = null) =>
        Master.Open(options =>
        {
            Use(options);
            configure?.Invoke(options);
        });
}
