namespace BuildData.Stores;

/// <summary>Several updates that are one change. Disposed without <see cref="Commit"/>, it leaves nothing behind.</summary>
internal interface IStoreTransaction : IAsyncDisposable
{
    /// <summary>Runs one update. If it fails it is undone alone.</summary>
    Task<TResult> Run<TArgs, TResult>(UpdateBody<TArgs, TResult> body, TArgs args);

    /// <summary>Commits, durably, and publishes the events of all updates.</summary>
    Task Commit();
}
