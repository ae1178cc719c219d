using System.Diagnostics.CodeAnalysis;

namespace BuildData.Stores;

/// <summary>
/// Represents a transaction of several updates. Disposing the transaction before <see cref="Commit"/> rolls back all its updates.
/// </summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public interface IStoreTransaction : IAsyncDisposable
{
    /// <summary>
    /// Runs one update and completes its task. If the update fails, only this update is undone. Concurrent calls run one after the other.
    /// </summary>
    Task Run(StoreUpdate update);

    /// <summary>Commits the updates durably, then publishes their events.</summary>
    Task Commit();
}
