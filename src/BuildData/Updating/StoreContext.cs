using System.Diagnostics.CodeAnalysis;
using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Updating;
using Microsoft.Extensions.Logging;

namespace BuildData.Stores;

/// <summary>Connects a store to its master: supplies the options, and receives events, measurements and heartbeats.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class StoreContext
{
    private readonly Func<bool, (StoreUpdate Update, Task Completed)> _heartbeatUpdate;

    internal StoreContext(
        BuildDataOptions options, EventHub events, Telemetry telemetry, Func<bool, (StoreUpdate Update, Task Completed)> heartbeatUpdate)
    {
        _heartbeatUpdate = heartbeatUpdate;
        Options = options;
        Logger = telemetry.Logger;
        Events = new StoreEvents(events.Dispatcher, options.TimeProvider);
        Telemetry = new StoreTelemetry(telemetry, options.MasterName);
        Heartbeats = new HeartbeatGapTracker(options.Heartbeat);
    }

    /// <summary>Gets the master's options. The store must apply <see cref="BuildDataOptions.MasterName"/>, <see cref="BuildDataOptions.Durability"/> and <see cref="BuildDataOptions.TimeProvider"/>.</summary>
    public BuildDataOptions Options { get; }

    /// <summary>
    /// Returns a service of the host program, such as a data source. Prefers a service with the master's service key to a service without a
    /// key. Returns null if there is no such service, or if the master was not created by <c>AddBuildData</c>.
    /// </summary>
    public T? FindService<T>()
        where T : class => Options.Services?.FindKeyedOrDefault<T>();

    /// <summary>Gets the logger, for messages of the store itself.</summary>
    public ILogger Logger { get; }

    /// <summary>Gets the object that receives the events of the store.</summary>
    public StoreEvents Events { get; }

    /// <summary>Gets the object that receives measurements and standard log messages.</summary>
    public StoreTelemetry Telemetry { get; }

    /// <summary>Gets the resource types.</summary>
    internal ResourceCatalog Catalog => Events.Dispatcher.Catalog;

    internal HeartbeatGapTracker Heartbeats { get; }

    /// <summary>
    /// Returns the names of the tables in a set. Also returns the names of their detail tables, such as the table with the tags of
    /// builders. All callers receive the names in the same order, so they can lock the tables without a deadlock.
    /// </summary>
    public IEnumerable<string> TableNames(TableSet tables) => Catalog.TableNames(tables);

    /// <summary>Creates an update that records in the database that this master is alive, or that this master has closed the store.</summary>
    /// <remarks>
    /// A store to which several masters write runs this update when the store opens, at every <see cref="BuildDataOptions.Heartbeat"/>, and
    /// when the store closes. After the opening and after each heartbeat, the store calls <see cref="HeartbeatSucceeded"/>.
    /// </remarks>
    /// <param name="active">True to record that the master is alive. False to record that the master has closed the store.</param>
    /// <returns>The update, and a task that completes when the update completes.</returns>
    public (StoreUpdate Update, Task Completed) HeartbeatUpdate(bool active) => _heartbeatUpdate(active);

    /// <summary>Records that a heartbeat of this master is committed.</summary>
    /// <param name="at">The time right before the store sent the heartbeat.</param>
    public void HeartbeatSucceeded(DateTimeOffset at) => Heartbeats.RecordSuccess(at);

    /// <summary>
    /// Starts a timer that ends a transaction of the host program when the transaction has lasted for
    /// <see cref="BuildDataOptions.TransactionTimeout"/>.
    /// </summary>
    /// <param name="end">
    /// Rolls the transaction back. Receives an exception. All later calls of the transaction must throw this exception.
    /// </param>
    /// <returns>The timer, which the caller disposes when the transaction has ended; null if there is no limit.</returns>
    internal ITimer? LimitTransaction(Action<StoreException> end)
    {
        TimeSpan limit = Options.TransactionTimeout;
        return limit == Timeout.InfiniteTimeSpan ? null : Options.TimeProvider.CreateTimer(End, null, limit, Timeout.InfiniteTimeSpan);

        void End(object? state) => end(new StoreException(
            $"The transaction was undone because it lasted for longer than {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.TransactionTimeout)}, {limit}."));
    }
}
