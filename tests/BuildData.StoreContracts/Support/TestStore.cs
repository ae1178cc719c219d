namespace BuildData.StoreContracts;

/// <summary>A store for the masters of one test, which is deleted when it is disposed.</summary>
public abstract class TestStore : IAsyncDisposable
{
    /// <summary>Chooses this store in the options of a master. A test can open several masters, one after another.</summary>
    /// <param name="options">The options of the master.</param>
    public abstract void Use(BuildDataOptions options);

    /// <summary>
    /// Writes whether a master is active and when it was last active, without the library. So a test can have masters that are open in other
    /// processes.
    /// </summary>
    /// <param name="master">The master as it must be. The store already has a row with its id.</param>
    public abstract Task SetMaster(MasterInfo master);

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
