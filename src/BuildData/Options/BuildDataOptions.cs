using System.Diagnostics.Metrics;
using BuildData.Options;
using BuildData.Values;
using Microsoft.Extensions.Logging;

namespace BuildData;

/// <summary>
/// Holds the options of a <see cref="Master"/>. The master copies the options when it is created. Later changes have no effect on that
/// master.
/// </summary>
public sealed partial class BuildDataOptions
{
    private TimeProvider? _timeProvider;

    /// <summary>Gets or sets which failures a completed update survives. Default: <see cref="Durability.Full"/>.</summary>
    public Durability Durability { get; set; } = Durability.Full;

    /// <summary>
    /// Gets or sets when a new build request replaces a waiting build request. The replaced request completes as
    /// <see cref="BuildResult.Skipped"/> and is not built. All masters that share a store should use the same policy. Default:
    /// <see cref="CollapsePolicy.WhenSame"/>.
    /// </summary>
    public CollapsePolicy CollapseBuildRequests { get; set; } = CollapsePolicy.WhenSame;

    /// <summary>
    /// Gets or sets the name of the master. Masters that share a store need different names. Default: <c>master</c>.
    /// </summary>
    public string MasterName { get; set; } = "master";

    /// <summary>Gets or sets the interval between the heartbeats of this master, from 1 ms to 1 day. Default: ten seconds.</summary>
    /// <remarks>
    /// Only masters that share a store send heartbeats. A heartbeat sets <see cref="MasterInfo.LastActive"/> to the current time.
    /// <see cref="Updates.ReleaseClaimsOfDeadMasters"/> uses this time to find masters whose heartbeats have stopped.
    /// </remarks>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets the maximum number of resources that one query returns. If a result is larger, the query throws
    /// <see cref="InvalidQueryException"/> and returns no part of the result. Default: 10,000.
    /// </summary>
    public int MaxResults { get; set; } = 10_000;

    /// <summary>
    /// Gets or sets the maximum number of events that wait in the buffer of a subscription. If a further event does not fit, the stream of
    /// the subscription ends with <see cref="SubscriberLaggedException"/>. Default: 65,536.
    /// </summary>
    public int SubscriberBuffer { get; set; } = 65_536;

    /// <summary>
    /// Gets or sets the clock and the source of timers. Default: the system clock. <c>AddBuildData</c> uses the <see cref="System.TimeProvider"/>
    /// of the service container instead of this default, if the container has one.
    /// </summary>
    public TimeProvider TimeProvider
    {
        get => _timeProvider ?? TimeProvider.System;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _timeProvider = value;
        }
    }

    /// <summary>
    /// Gets or sets the factory that creates the logger. If null, the master logs nothing. Default: null. <c>AddBuildData</c> replaces null
    /// with the factory of the service container.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>
    /// Gets or sets the factory that creates the meter <c>BuildData</c>. If null, the master creates the meter without a factory. Default:
    /// null. <c>AddBuildData</c> replaces null with the factory of the service container.
    /// </summary>
    public IMeterFactory? MeterFactory { get; set; }

    /// <summary>
    /// Gets or sets the minimum time for which events are kept; null if events are not kept. <see cref="KeepEvents"/> explains this option.
    /// Default: null.
    /// </summary>
    public TimeSpan? EventsKept { get; set; }

    /// <summary>
    /// Gets or sets the connection string of the store. If no store is selected by a method such as <c>UsePostgreSql</c>, the string is that
    /// of a SQLite file. Default: null.
    /// </summary>
    /// <example><c>Data Source=builds.db</c></example>
    public string? ConnectionString { get; set; }

    /// <summary>Gets or sets the options of the SQLite store.</summary>
    public SqliteOptions Sqlite { get; set; } = new();

    /// <summary>
    /// Gets or sets whether the host program opens the store when it starts. If false, the store opens on first use. Only <c>AddBuildData</c>
    /// uses this option. Default: false.
    /// </summary>
    public bool OpensOnStart { get; set; }

    /// <summary>
    /// Gets or sets the maximum time for which the opening of the store waits, if another process has the store open for writing. Up to 1
    /// day. Default: zero. With zero, the opening throws <see cref="StoreInUseException"/> at once.
    /// </summary>
    public TimeSpan StoreWaitTime { get; set; }

    /// <summary>
    /// Gets or sets the maximum duration of a transaction that the host program begins with
    /// <see cref="Updates.Transaction(Func{Updates, Task}, CancellationToken)"/>. From 1 ms to 1 day, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Default: five minutes.
    /// </summary>
    /// <remarks>
    /// A transaction that lasts longer is rolled back, because with SQLite all other updates wait for its end. <see cref="TimeProvider"/>
    /// measures the time.
    /// </remarks>
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Keeps events: stores each event in the database for a minimum time. A subscription can then resume after an earlier event, even if
    /// the process was restarted.
    /// </summary>
    /// <param name="age">The minimum time for which each event is kept. After this time, the event expires.</param>
    /// <returns>These options.</returns>
    /// <remarks>
    /// <para>The store writes an event in the same transaction as the change. The SQLite store removes expired events only when it writes
    /// updates, a few at a time. Other stores remove expired events from time to time.</para>
    /// <para>If a SQLite file is opened for writing without this option, the store deletes the kept events and keeps no new events. All
    /// masters that share a store should keep events for the same time.</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="age"/> is not positive.</exception>
    public BuildDataOptions KeepEvents(TimeSpan age)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero);
        EventsKept = age;
        return this;
    }

    /// <summary>Opens the store when the host program starts, before its other hosted services start. Sets <see cref="OpensOnStart"/>.</summary>
    /// <returns>This object, so that calls can be chained.</returns>
    public BuildDataOptions OpenOnStart()
    {
        OpensOnStart = true;
        return this;
    }

    /// <summary>
    /// Lets the opening of the store wait while another process has the store open for writing. With this option, a new process can start
    /// while the old process shuts down. Sets <see cref="StoreWaitTime"/>.
    /// </summary>
    /// <param name="time">The maximum time to wait.</param>
    /// <returns>This object, so that calls can be chained.</returns>
    public BuildDataOptions WaitForStore(TimeSpan time)
    {
        StoreWaitTime = time;
        return this;
    }

    /// <summary>Gets the services of the host program; null if the master was not created by <c>AddBuildData</c>.</summary>
    internal ServiceFinder? Services { get; private set; }

    internal BuildDataOptions Copy()
    {
        var copy = (BuildDataOptions)MemberwiseClone();
        copy.Sqlite = Sqlite.Copy();
        return copy;
    }

    /// <summary>Uses services of the host program for options that are not set.</summary>
    internal void UseServices(ServiceFinder services)
    {
        Services = services;
        LoggerFactory ??= services.FindKeyedOrDefault<ILoggerFactory>();
        MeterFactory ??= services.FindKeyedOrDefault<IMeterFactory>();
        _timeProvider ??= services.FindKeyedOrDefault<TimeProvider>();
    }

    /// <summary>Checks all options except the choice of the store.</summary>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    internal void ValidateSettings()
    {
        if (string.IsNullOrEmpty(MasterName))
            throw new ArgumentException($"{nameof(MasterName)} is empty. Set a name for this master.");
        UnicodeText.Check(MasterName, nameof(MasterName));
        if (!Enum.IsDefined(Durability))
            throw new ArgumentOutOfRangeException(nameof(Durability), Durability, "The value is not defined by the enumeration.");
        if (!Enum.IsDefined(CollapseBuildRequests))
            throw new ArgumentOutOfRangeException(nameof(CollapseBuildRequests), CollapseBuildRequests, "The value is not defined by the enumeration.");
        ValidateLifecycle();
        ArgumentOutOfRangeException.ThrowIfLessThan(Heartbeat, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Heartbeat, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResults, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SubscriberBuffer, 1);
        if (TransactionTimeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(TransactionTimeout, TimeSpan.FromMilliseconds(1));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(TransactionTimeout, TimeSpan.FromDays(1));
        }

        if (EventsKept is { } age)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero, nameof(EventsKept));
        ArgumentOutOfRangeException.ThrowIfLessThan(StoreWaitTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StoreWaitTime, TimeSpan.FromDays(1));
        ArgumentNullException.ThrowIfNull(Sqlite);
        Sqlite.Validate();
    }
}
