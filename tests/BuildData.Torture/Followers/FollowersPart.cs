using BuildData.Torture.Followers.Streams;
using BuildData.Torture.Running;

namespace BuildData.Torture.Followers;

/// <summary>A part of the check: who follows, and what happens to the store meanwhile.</summary>
/// <param name="Name">The name, for <c>--only</c>.</param>
/// <param name="Create">Creates the followers of a round.</param>
internal sealed record FollowersPart(string Name, Func<CheckRun, Random, LogBook, IEnumerable<IFollower>> Create)
{
    public static readonly FollowersPart[] All =
    [
        new("subscriptions", (run, random, _) => Subscriptions(run, random, 8)),
        new("watches", (run, random, _) => [.. Watches(run, random, 6), .. TypedWatches(run, random)]),
        new("tails", (run, random, book) => Tails(run, random, book, 8)) { RemovesLines = true },
        new("streams", (run, random, _) => Streams(run, random, 4)) { IsWeb = true },
        new("sockets", (run, random, _) => Sockets(run, random, 4)) { IsWeb = true, LeastBuffer = 2_000 },
        new("dashboard", (run, random, book) => Pages(run, random, book)) { IsWeb = true },
        new("expiry", (run, random, _) => [.. Subscriptions(run, random, 5), .. Streams(run, random, 3)]) { IsWeb = true, Expires = true },
        new("postgresql", (run, random, book) => [.. Subscriptions(run, random, 4), .. Watches(run, random, 4), .. Tails(run, random, book, 3)]) { IsServer = true },
    ];

    /// <summary>Gets whether the master is served over HTTP.</summary>
    public bool IsWeb { get; init; }

    /// <summary>Gets the least number of events that wait for a subscription. Sockets share one, which must not lag for the sake of one of them.</summary>
    public int LeastBuffer { get; init; } = 4;

    /// <summary>Gets whether kept events expire while others resume after them.</summary>
    public bool Expires { get; init; }

    /// <summary>Gets whether the lines of finished logs are removed.</summary>
    public bool RemovesLines { get; init; }

    /// <summary>Gets whether several masters share a PostgreSQL server.</summary>
    public bool IsServer { get; init; }

    private static IEnumerable<IFollower> Subscriptions(CheckRun run, Random random, int count) =>
        Enumerable.Range(0, count).Select(_ => new SubscriptionFollower(run, Own(random), SubscriptionPlan.Choose(random)));

    private static IEnumerable<IFollower> Watches(CheckRun run, Random random, int count) => Enumerable.Range(0, count).Select(_ => new WatchFollower(run, Own(random)));

    private static IEnumerable<IFollower> Tails(CheckRun run, Random random, LogBook book, int count) => Enumerable.Range(0, count).Select(_ => new TailFollower(run, Own(random), book));

    private static IEnumerable<IFollower> Streams(CheckRun run, Random random, int count) =>
        Enumerable.Range(0, count).Select(_ => new SseFollower(run, Own(random)));

    private static IEnumerable<IFollower> Sockets(CheckRun run, Random random, int count) =>
        Enumerable.Range(0, count).Select(_ => new SocketFollower(run, Own(random)));

    private static IEnumerable<IFollower> Pages(CheckRun run, Random random, LogBook book) =>
        [.. Enumerable.Range(0, 3).Select(_ => new PageFollower(run, Own(random))), .. Enumerable.Range(0, 3).Select(_ => new LogStreamFollower(run, Own(random), book))];

    private static IFollower[] TypedWatches(CheckRun run, Random random) =>
    [
        new TypedWatchFollower<Build>(run, Own(random), random.Next(2) == 0 ? "/builds?property=*" : "/builds?complete=false", build => build.BuildId),
        new TypedWatchFollower<Step>(run, Own(random), random.Next(2) == 0 ? "/steps" : "/steps?results__ne=0", step => step.StepId),
        new TypedWatchFollower<BuildRequest>(run, Own(random), "/buildrequests?claimed=false", request => request.BuildRequestId),
        new TypedWatchFollower<Buildset>(run, Own(random), "/buildsets?complete=true", buildset => buildset.BuildsetId),
        new TypedWatchFollower<Worker>(run, Own(random), "/workers", worker => worker.WorkerId),
        new TypedWatchFollower<SourceStamp>(run, Own(random), "/sourcestamps", stamp => stamp.SourceStampId),
    ];

    private static Random Own(Random random) => new(random.Next());
}
