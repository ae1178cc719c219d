namespace BuildData.Tests;

/// <summary>A store for the masters of one test, which is deleted afterwards.</summary>
internal abstract class TestStore : IAsyncDisposable
{
    /// <summary>Chooses this store in the options of a master.</summary>
    public abstract void Use(BuildDataOptions options);

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens a master on this store.</summary>
    public Task<Master> Open(Action<BuildDataOptions>? configure = null) =>
        Master.Open(options =>
        {
            Use(options);
            configure?.Invoke(options);
        });
}
