using BuildData.Stores;

namespace BuildData.PostgreSql.Writing;

/// <summary>Represents a connection on which <see cref="BatchScheduler"/> runs batches, one after another. Not thread-safe.</summary>
internal abstract class BatchConnection : StoreConnection, IAsyncDisposable
{
    /// <summary>Closes the connection to the server.</summary>
    public abstract ValueTask DisposeAsync();
}
