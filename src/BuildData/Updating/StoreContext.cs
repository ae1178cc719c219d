using System.Diagnostics.CodeAnalysis;
using BuildData.Definitions;
using BuildData.Diagnostics;
using BuildData.Updating;
using Microsoft.Extensions.Logging;

namespace BuildData.Stores;

/// <summary>Connects a store to its master: supplies the options, and receives events, measurements and heartbeats.</summary>
[Experimental(Seam.DiagnosticId)]
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
        Heartbeats = new HeartbeatTracker(options.Heartbeat);
    }

    /// <summary>Gets the master's options. The store must apply <see cref="BuildDataOptions.MasterName"/>, <see cref="BuildDataOptions.Durability"/> and <see cref="BuildDataOptions.TimeProvider"/>.</summary>
    public BuildDataOptions Options { get; }

    /// <summary>Gets the logger, for messages of the store itself.</summary>
    public ILogger Logger { get; }

    /// <summary>Gets the object that receives the events of the store.</summary>
    public StoreEvents Events { get; }

    /// <summary>Gets the object that receives measurements and standard log messages.</summary>
    public StoreTelemetry Telemetry { get; }

    /// <summary>Gets the resource types.</summary>
    internal ResourceCatalog Catalog => Events.Dispatcher.Catalog;

    internal HeartbeatTracker Heartbeats { get; }

    /// <summary>Returns the names of the tables in a set, with the tables of details. The order is the same for every caller.</summary>
    public IEnumerable<string> TableNames(TableSet tables) => Catalog.TableNames(tables);

    /// <summary>
    /// Creates an update that records this master's heartbeat, or that the master has closed the store.
    /// </summary>
    /// <remarks>
    /// A store that several masters share runs this update when it is opened, at every <see cref="BuildDataOptions.Heartbeat"/>, and
    /// when it is closed. After the opening and after each heartbeat, it calls <see cref="HeartbeatSucceeded"/>.
    /// </remarks>
    /// <param name="active">True for a heartbeat; false if the master closes the store.</param>
    /// <returns>The update, and the task that completes with it.</returns>
    public (StoreUpdate Update, Task Completed) HeartbeatUpdate(bool active) => _heartbeatUpdate(active);

    /// <summary>Records that a heartbeat of this master is committed.</summary>
    /// <param name="at">The time before the heartbeat was sent.</param>
    public void HeartbeatSucceeded(DateTimeOffset at) => Heartbeats.RecordSuccess(at);

    /// <summary>Starts the timer that ends a transaction of the host program after <see cref="BuildDataOptions.TransactionTimeout"/>.</summary>
    /// <param name="end">Rolls the transaction back. Later calls of the transaction must fail with the exception that it receives.</param>
    /// <returns>The timer, which the caller disposes when the transaction has ended; null if there is no limit.</returns>
    internal ITimer? LimitTransaction(Action<StoreException> end)
    {
        TimeSpan limit = Options.TransactionTimeout;
        return limit == Timeout.InfiniteTimeSpan ? null : Options.TimeProvider.CreateTimer(End, null, limit, Timeout.InfiniteTimeSpan);

        void End(object? state) => end(new StoreException(
            $"The transaction was undone because it lasted for longer than {nameof(BuildDataOptions)}.{nameof(BuildDataOptions.TransactionTimeout)}, {limit}."));
    }
}
