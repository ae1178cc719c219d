using System.Diagnostics.Metrics;
using BuildData.Values;
using Microsoft.Extensions.Logging;

namespace BuildData;

/// <summary>Holds the options of a <see cref="Master"/>. The master copies them, so later changes have no effect on it.</summary>
public sealed partial class BuildDataOptions
{
    /// <summary>Gets or sets which failures completed updates survive. Default: <see cref="Durability.Full"/>.</summary>
    public Durability Durability { get; set; } = Durability.Full;

    /// <summary>
    /// Gets or sets which waiting build requests a new build request replaces (see <see cref="Updates.AddBuildset"/>). All masters that share
    /// a store should use the same policy. Default: <see cref="CollapsePolicy.WhenSame"/>.
    /// </summary>
    public CollapsePolicy CollapseBuildRequests { get; set; } = CollapsePolicy.WhenSame;

    /// <summary>
    /// Gets or sets the name of this process's master. Masters that share a store need different names. Default: <c>master</c>.
    /// </summary>
    public string MasterName { get; set; } = "master";

    /// <summary>Gets or sets the interval between the heartbeats of this master, from 1 ms to 1 day. Default: ten seconds.</summary>
    /// <remarks>
    /// Only masters that share a store send heartbeats. A heartbeat updates <see cref="MasterInfo.LastActive"/>.
    /// <see cref="Updates.ReleaseClaimsOfDeadMasters"/> uses it to find masters whose heartbeat has stopped.
    /// </remarks>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets the maximum number of resources that one query returns. A query with a larger result fails with
    /// <see cref="InvalidQueryException"/>; its result is not truncated. Default: 10,000.
    /// </summary>
    public int MaxResults { get; set; } = 10_000;

    /// <summary>
    /// Gets or sets the number of events that a subscriber may fall behind. If it falls further behind, its stream ends with
    /// <see cref="SubscriberLaggedException"/>. Default: 65,536.
    /// </summary>
    public int SubscriberBuffer { get; set; } = 65_536;

    /// <summary>Gets or sets the source of times. Default: the system clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>
    /// Gets or sets the factory of the logger. Default: null, for no log. <c>AddBuildData</c> uses the container's factory by default.
    /// </summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>
    /// Gets or sets the factory of the meter <c>BuildData</c>. Default: null; the master then creates the meter itself. <c>AddBuildData</c>
    /// uses the container's factory by default.
    /// </summary>
    public IMeterFactory? MeterFactory { get; set; }

    /// <summary>Gets how long events are kept; null if they are not kept. <see cref="KeepEvents"/> sets it.</summary>
    public TimeSpan? EventsKept { get; private set; }

    /// <summary>
    /// Gets or sets the maximum duration of a host's transaction
    /// (<see cref="Updates.Transaction(Func{Updates, Task}, CancellationToken)"/>), from 1 ms to 1 day, or
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no limit. Default: five minutes.
    /// </summary>
    /// <remarks>
    /// A transaction that lasts longer is undone, because with SQLite all other updates wait for it. <see cref="TimeProvider"/> measures the
    /// time.
    /// </remarks>
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Gets the name of the store if it is read-only; otherwise null.</summary>
    internal string? ReadOnlyStore { get; private set; }

    /// <summary>Keeps events, so that a subscription can resume from a sequence number, even after a restart.</summary>
    /// <param name="age">The minimum time that each event is kept.</param>
    /// <returns>These options.</returns>
    /// <remarks>
    /// <para>An event is stored in the transaction of its change. The SQLite store removes a few expired events with each of its later
    /// updates, and none while there are no updates. Other stores remove them from time to time.</para>
    /// <para>If a SQLite file is opened for writing without this option, its kept events are deleted, because no subscription could resume
    /// without the events that follow. All masters that share a store should keep events for the same time.</para>
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="age"/> is not positive.</exception>
    public BuildDataOptions KeepEvents(TimeSpan age)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero);
        EventsKept = age;
        return this;
    }

    internal BuildDataOptions Copy() => (BuildDataOptions)MemberwiseClone();

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
        ArgumentOutOfRangeException.ThrowIfLessThan(Heartbeat, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Heartbeat, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResults, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SubscriberBuffer, 1);
        if (TransactionTimeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(TransactionTimeout, TimeSpan.FromMilliseconds(1));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(TransactionTimeout, TimeSpan.FromDays(1));
        }

        ArgumentNullException.ThrowIfNull(TimeProvider);
    }
}
