namespace BuildData.Stores;

/// <summary>Several updates that are one change. Disposed without <see cref="Commit"/>, it leaves nothing behind.</summary>
public interface IStoreTransaction : IAsyncDisposable
{
    /// <summary>Runs one update and completes it. If it fails it is undone alone. Calls at the same time take turns.</summary>
    Task Run(StoreUpdate update);

    /// <summary>Commits, durably, and publishes the events of all updates.</summary>
    Task Commit();
}
