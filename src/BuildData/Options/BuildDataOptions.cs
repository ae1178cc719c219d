using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace BuildData;

/// <summary>How a <see cref="Master"/> keeps its data. What is set after the master is made has no effect on it.</summary>
public sealed partial class BuildDataOptions
{
    /// <summary>What completed updates survive. Default: <see cref="Durability.Full"/>.</summary>
    public Durability Durability { get; set; } = Durability.Full;

    /// <summary>
    /// Gets or sets which waiting build requests a new one replaces (see <see cref="Updates.AddBuildset"/>). Masters that share a
    /// store should all have the same policy. Default: <see cref="CollapsePolicy.WhenSame"/>.
    /// </summary>
    public CollapsePolicy CollapseBuildRequests { get; set; } = CollapsePolicy.WhenSame;

    /// <summary>The name of this process's master. Default: <c>master</c>.</summary>
    public string MasterName { get; set; } = "master";

    /// <summary>
    /// How often this master says that it is there, with a store that several masters share (see
    /// <see cref="Updates.ReleaseClaimsOfDeadMasters"/>). Default: ten seconds.
    /// </summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many resources one query returns at the most; a larger answer is refused, not cut. Default: 10,000.</summary>
    public int MaxRows { get; set; } = 10_000;

    /// <summary>
    /// How many events a subscriber may fall behind before its stream ends with <see cref="SubscriberLaggedException"/>.
    /// Default: 65,536.
    /// </summary>
    public int SubscriberBuffer { get; set; } = 65_536;

    /// <summary>Where times come from. Default: the system's clock.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the log goes. Default: nowhere; with <c>AddBuildData</c>, the container's.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Where the meter <c>BuildData</c> comes from. Default: a meter of its own; with <c>AddBuildData</c>, the container's.</summary>
    public IMeterFactory? MeterFactory { get; set; }

    /// <summary>How long events are kept; null if they are not.</summary>
    public TimeSpan? EventsKept { get; private set; }

    /// <summary>
    /// Gets or sets how long a transaction of the host (<see cref="Updates.Transaction(Func{Updates, Task}, CancellationToken)"/>) may
    /// last, by <see cref="TimeProvider"/>. One that lasts longer is undone, because with SQLite all other updates wait for it.
    /// Default: five minutes; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.
    /// </summary>
    public TimeSpan TransactionTimeout { get; set; } = TimeSpan.FromMinutes(5);

    internal string? ReadOnlyStore { get; private set; }

    /// <summary>
    /// Keeps events, in the transaction of the change, so that a subscription can go on from a sequence number, also after a
    /// restart. With SQLite those that have expired are removed little by little as later updates are written, never while nothing
    /// is; other stores remove them from time to time.
    /// </summary>
    /// <param name="age">How long each is kept at the least.</param>
    /// <remarks>
    /// To open a SQLite file for writing without it drops all that was kept: what happens then could not be gone on from. Masters that
    /// share a store should all say the same.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="age"/> is not positive.</exception>
    public BuildDataOptions KeepEvents(TimeSpan age)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero);
        EventsKept = age;
        return this;
    }

    internal BuildDataOptions Copy() => (BuildDataOptions)MemberwiseClone();

    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    internal void Validate()
    {
        if (string.IsNullOrEmpty(MasterName))
            throw new ArgumentException($"{nameof(MasterName)} is empty.");
        UnicodeText.Check(MasterName, nameof(MasterName));
        if (!Enum.IsDefined(Durability))
            throw new ArgumentOutOfRangeException(nameof(Durability), Durability, "It is not a durability.");
        if (!Enum.IsDefined(CollapseBuildRequests))
            throw new ArgumentOutOfRangeException(nameof(CollapseBuildRequests), CollapseBuildRequests, "It is not a policy.");
        ArgumentOutOfRangeException.ThrowIfLessThan(Heartbeat, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Heartbeat, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SubscriberBuffer, 1);
        if (TransactionTimeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(TransactionTimeout, TimeSpan.FromMilliseconds(1));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(TransactionTimeout, TimeSpan.FromDays(1));
        }

        ArgumentNullException.ThrowIfNull(TimeProvider);
    }
}
