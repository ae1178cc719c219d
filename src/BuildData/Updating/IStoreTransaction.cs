using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>Represents a transaction of several updates. If it is disposed without <see cref="Commit"/>, all its updates are rolled back.</summary>
[Experimental(Seam.DiagnosticId)]
public interface IStoreTransaction : IAsyncDisposable
{
    /// <summary>Runs one update and completes it. An update that fails is undone alone. Concurrent calls run one after the other.</summary>
    Task Run(StoreUpdate update);

    /// <summary>Commits the updates durably, then publishes their events.</summary>
    Task Commit();
}
