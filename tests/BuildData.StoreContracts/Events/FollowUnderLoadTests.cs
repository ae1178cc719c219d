using System.Globalization;

namespace BuildData.StoreContracts;

/// <summary>
/// Watches join while 64 callers write. Each gets the current answer and then every later change, once. BUILDDATA_SOAK_SECONDS and
/// BUILDDATA_SOAK_JOINS make it longer.
/// </summary>
public abstract class FollowUnderLoadTests(StoreKind kind) : StoreTests(kind)
{
    private const int Writers = 64;

    // Even the slowest machine makes many times as many.
    private const int Enough = 100;

    private static readonly int Seconds = Setting("BUILDDATA_SOAK_SECONDS", 5);
    private static readonly int Joins = Setting("BUILDDATA_SOAK_JOINS", 80);

    private static readonly string[] Paths =
    [
        "/steps", "/steps?results=2", "/steps?complete=false&hidden=false", "/builds", "/builds?complete=false", "/builds?complete=false&property=*", "/builds?results__ge=2&property=rev",
        "/buildrequests?claimed=false", "/buildrequests?claimed=true&complete=false", "/buildrequests?property=*", "/buildsets", "/buildsets?complete=false", "/builders", "/builders?tags__contains=even",
        "/builders/b1/builds", "/builders/b2/buildrequests?complete=false", "/builders/b3/steps?results__ne=0", "/builders/b4/builds/1", "/builders/b4/builds/1/properties",
        "/builders/b0/builds/2/steps", "/builds/7", "/builds/9/steps?complete=yes", "/builds/9/properties", "/steps/77", "/workers/1/builds?complete=false", "/sourcestamps", "/buildsets/5/buildrequests",
    ];

    [Test]
    public async Task Watch_ManyJoinWhileManyWrite_EachHasEveryChangeOnceAndEndsAtWhatGetGives()
    {
        int seed = Environment.TickCount;
        await TestContext.Out.WriteLineAsync($"seed {seed}");
        await using Master master = await Store.Open(options =>
        {
            options.MaxResults = int.MaxValue;
            options.SubscriberBuffer = 4_000_000;
            options.Durability = Durability.Normal;
        });
        DataApi data = master.Data;
        Subscription record = data.Events.Subscribe(Given.Everything);
        var events = new List<DataEvent>();
        Task recording = Task.Run(async () =>
        {
            await foreach (DataEvent e in record)
                events.Add(e);
        });
        using var stop = new CancellationTokenSource();
        var world = new World(data.Updates);
        await world.Begin();
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(i => Task.Run(() => world.Write(new Random(seed + i), () => stop.IsCancellationRequested)))];

        // The joins are spread over the whole time, so that they meet commits at any moment.
        List<Follower> followers = await Join(data, new Random(seed));
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await record.DisposeAsync();
        await recording;

        events.Select(e => e.Sequence).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        foreach (IGrouping<string, Follower> group in followers.GroupBy(follower => follower.Path))
            await Check(group, events);
        followers.OfType<CombinedFollower.OfPath>().Select(follower => follower.Watch).Distinct().SelectMany(watch => watch.Disorder())
            .Should().BeEmpty("the changes of all paths come in one order");
        await TestContext.Out.WriteLineAsync(
            $"{followers.Count} joins, {events.Count} events, {Followed()} changes followed, {Seconds} s");
        events.Count.Should().BeGreaterThan(Enough, "somebody wrote");
        Followed().Should().BeGreaterThan(Enough, "somebody followed");

        long Followed() => followers.Sum(follower => (long)follower.Seen.Count);
    }

    private static async Task<List<Follower>> Join(DataApi data, Random random)
    {
        var followers = new List<Follower>();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Seconds) / Joins);
        while (followers.Count < Joins && await timer.WaitForNextTickAsync())
        {
            // Every other watch is of several paths, of which each must have what a watch of its own would have.
            if (followers.Count % 2 == 0)
                followers.Add(await Follower.Begin(data, Paths[random.Next(Paths.Length)]));
            else
                followers.AddRange((await CombinedFollower.Begin(data, random.GetItems(Paths, 5))).Paths);

            // Some leave before the end; they too must have missed nothing until then.
            if (random.Next(4) == 0)
                await followers[random.Next(followers.Count)].Leave();
        }

        return followers;
    }

    private static async Task Check(IGrouping<string, Follower> group, List<DataEvent> events)
    {
        HashSet<object>? fresh = null;
        foreach (Follower follower in group)
        {
            HashSet<object> last = await follower.Last();
            long end = follower.HasLeft ? follower.Seen.LastOrDefault(follower.Sequence) : long.MaxValue;
            if (!follower.HasLeft)
            {
                fresh ??= await follower.Fresh();
                last.SetEquals(fresh).Should().BeTrue("{0} gives {1} and the watch from {2} on ended at {3}", follower.Path, fresh.Count, follower.Sequence, last.Count);
            }

            IsAscending(follower.Seen).Should().BeTrue("{0} from {1} on sees each change once", follower.Path, follower.Sequence);
            if (Whole(group.Key) is { } belongs)
            {
                // Paths without a filter see just the events of their resources.
                AnswerAndChanges.Violations(follower, [.. events.Where(belongs)], end)
                    .Should().BeEmpty("{0} from {1} on sees what is announced", follower.Path, follower.Sequence);
            }
        }
    }

    /// <summary>Returns the test for events that belong to a path without filters; null for other paths.</summary>
    private static Func<DataEvent, bool>? Whole(string path) => path switch
    {
        "/steps" => e => e.Resource is Step,
        "/builds" => e => e.Resource is Build,
        "/buildsets" => e => e.Resource is Buildset,
        "/buildrequests?property=*" => e => e.Resource is BuildRequest,
        "/builds/7" => e => e.Resource is Build { BuildId: 7 },
        "/steps/77" => e => e.Resource is Step { StepId: 77 },
        "/buildsets/5/buildrequests" => e => e.Resource is BuildRequest { BuildsetId: 5 },
        _ => null,
    };

    private static bool IsAscending(List<long> sequences)
    {
        for (int i = 1; i < sequences.Count; i++)
        {
            if (sequences[i] <= sequences[i - 1])
                return false;
        }

        return true;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    /// <summary>Writes builds that each writer has for itself, and requests that all writers share.</summary>
    private sealed class World(Updates updates)
    {
        private readonly List<long> _builders = [];
        private long _worker;

        public async Task Begin()
        {
            for (int i = 0; i < 5; i++)
                _builders.Add(await updates.FindBuilderId($"b{i}"));
            _worker = await updates.FindWorkerId("worker-1");
        }

        public async Task Write(Random random, Func<bool> isOver)
        {
            while (!isOver())
            {
                long builder = _builders[random.Next(_builders.Count)];
                AddedBuildset set = await updates.AddBuildset(
                    sourceStamps: [new SourceStampKey { Revision = $"{random.Next(50)}" }], reason: "load", properties: new() { ["owner"] = ("ann", "S") },
                    builderIds: random.Next(4) == 0 ? _builders : [builder], waitedFor: random.Next(2) == 0);
                long request = set.BuildRequestIds[builder];
                if (!await updates.ClaimBuildRequests([request]))
                    continue;

                if (random.Next(5) == 0)
                {
                    await updates.UnclaimBuildRequests([request]);
                    continue;
                }

                if (random.Next(20) == 0)
                    await updates.UpdateBuilderInfo(builder, null, null, null, null, [random.Next(2) == 0 ? "even" : "odd"]);
                await Build(updates, random, builder, request);
                if (!isOver())
                    await updates.CompleteBuildRequests([request], BuildResult.Success);
            }
        }

        private async Task Build(Updates u, Random random, long builder, long request)
        {
            AddedBuild build = await u.AddBuild(builder, request, random.Next(2) == 0 ? _worker : null);
            await u.SetBuildProperty(build.BuildId, "rev", (random.Next(), "Git"));
            for (int i = random.Next(4); i > 0; i--)
            {
                // Half of the steps are begun in one change.
                Func<Updates, Task<long>> begin = async one =>
                {
                    AddedStep step = await one.NewStep(build.BuildId, "step");
                    await one.StartStep(step.StepId);
                    return step.StepId;
                };
                long stepId = random.Next(8) == 0 ? await updates.Transaction(begin) : await begin(u);
                await u.SetStepStateString(stepId, $"{random.Next()}");
                await u.FinishStep(stepId, (BuildResult)random.Next(7), hidden: random.Next(3) == 0);
            }

            await u.SetBuildProperty(build.BuildId, "done", (true, "S"));
            await u.FinishBuild(build.BuildId, (BuildResult)random.Next(7));
        }
    }
}
