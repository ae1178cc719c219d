namespace BuildData.Tests;

/// <summary>Where a test's masters keep their data: made new for the test, gone after it.</summary>
internal abstract class TestStore : IAsyncDisposable
{
    /// <summary>Chooses this store.</summary>
    public abstract void Use(BuildDataOptions options);

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens a master on it.</summary>
    public Task<Master> Open(Action<BuildDataOptions>? configure = null) =>
        Master.Open(options =>
        {
            Use(options);
            configure?.Invoke(options);
        });
}
