using System.Diagnostics;
using BuildData.Torture.Examination;
using BuildData.Torture.Histories;
using BuildData.Torture.Load;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>
/// The server ends, and a replica takes over that lacks the last commits. What is lost must be the end of each project's history. The same
/// masters then go on with the same projects, and must not rely on what is lost.
/// </summary>
internal sealed class LossyFailover : IServerPart
{
    // A state from the store has no ids that nobody knows. The model adds some.
    private static readonly long FirstUnknownId = new ProjectState("").NextUnknownId;

    private PostgreSqlServer? _replica;

    public string Name => "lossy-failover";

    public string? Missing => null;

    public int RoundsOfServer => 1;

    public Task<Arena> Open(int masters, Random random) => Arena.Open(masters, random, async arena =>
    {
        _replica = arena.Own(await Failover.StartReplica(arena.Server));
        return null;
    });

    public async Task Run(CheckRun run, Arena arena, int round, Random random)
    {
        Dictionary<string, Call[]> calls = await WriteAndLose(arena, round, random);
        Settlement.Count(run, Name, calls);
        await Failover.Promote(_replica!, arena.Proxies);
        Dictionary<string, ProjectState> left;
        await using (Master reader = await Master.Open(options => ServerMaster.Configure(options, Arena.WithLimits(_replica!.ConnectionString()), "reader")))
        {
            left = await StoreReader.ReadAll(reader.Data);
            left.Remove(EventExamination.Reason);
            CompareWithBeginning(run, calls, left);

            // Half of the times, numbers of lost events have been used again before the masters connect.
            if (random.Next(2) == 0 && await EventExamination.FindDifference(reader) is { } difference)
                throw new ViolationException($"Events and tables of the replica differ.\n{difference}");
        }

        await GoOn(run, arena, round, random, WithUniqueKeys(left, calls));
    }

    private async Task<Dictionary<string, Call[]>> WriteAndLose(Arena arena, int round, Random random)
    {
        var recorder = new RoundRecorder();
        ProjectLoad load = ProjectLoad.Start([.. arena.Masters.Select(master => master.Master)], recorder.For, new LoadSettings($"r{round}", random.Next()));
        await Task.Delay(random.Next(500, 2_000));
        await _replica!.StopImmediately();
        await Task.Delay(random.Next(50, 1_500));
        await arena.Server.StopImmediately();

        // No call may run when the replica takes over. So the replica must show the state from before.
        await load.Stop(Arena.Patience);
        await _replica.Restart();
        return recorder.Calls;
    }

    private void CompareWithBeginning(CheckRun run, Dictionary<string, Call[]> calls, Dictionary<string, ProjectState> left)
    {
        foreach ((string project, Call[] own) in calls)
        {
            var start = new ProjectState(project);
            string? violation = Linearization.FindViolation(own, start, observed: null, mayPassLocked: true)
                ?? Linearization.FindViolation(own, start, left.GetValueOrDefault(project) ?? start, mayPassLocked: true, mayLackLast: true);
            if (violation is not null)
                throw new ViolationException($"What is left of the project {project} is not what the first of its calls make it.\n{violation}");
        }

        HashSet<string> reasons = [.. left.Values.SelectMany(project => project.Buildsets).Select(buildset => buildset.Reason)];
        Call[] added = [.. calls.Values.SelectMany(own => own).Where(call => call is { Operation: AddBuildset, Outcome: { Kind: OutcomeKind.Returned, Numbers: [_, 1, ..] } })];
        Call[] lost = [.. added.Where(call => !reasons.Contains(((AddBuildset)call.Operation).Reason))];
        run.Count($"{Name}: answered buildsets", added.Length);
        run.Count($"{Name}: answered buildsets that were lost", lost.Length);
        if (lost.Length > 0 && added.Except(lost).FirstOrDefault(kept => kept.Began > lost.Min(call => call.Ended)) is { } later)
            throw new ViolationException($"{later} is there, but {lost.MinBy(call => call.Ended)} is lost, which ended before it began.");
    }

    private async Task GoOn(CheckRun run, Arena arena, int round, Random random, Dictionary<string, ProjectState> left)
    {
        var recorder = new RoundRecorder();
        Known[] known = [.. left.Values.Select(Known.Of)];
        ProjectLoad load = ProjectLoad.Start([.. arena.Masters.Select(master => master.Master)], recorder.For, new LoadSettings($"r{round}later", random.Next()), known);
        var repaired = Stopwatch.StartNew();
        await Task.WhenAll(arena.Masters.Select(master => ServerMaster.AwaitWorking(master.Master, Arena.Patience)));
        run.Max($"{Name}: longest time until all masters worked again, in ms", repaired.ElapsedMilliseconds);
        await Task.Delay(random.Next(1_000, 4_000));
        await load.Stop(Arena.Patience);

        Dictionary<string, ProjectState> stored = await StoreReader.ReadAll(arena.Masters[0].Master.Data);
        foreach ((string project, Call[] own) in recorder.Calls)
        {
            ProjectState start = left.GetValueOrDefault(project) ?? new ProjectState(project);
            if (Linearization.FindViolation(own, start, stored.GetValueOrDefault(project) ?? new ProjectState(project), mayPassLocked: true) is { } violation)
                throw new ViolationException($"After the failover, the project {project} is not what its calls make it.\n{violation}");
        }

        Settlement.Count(run, $"{Name}, afterwards", recorder.Calls);
        await Settlement.CompareEvents(run, Name, arena);
        await Numbers.Examine(arena.Masters[0].Master.Data);
        run.Count($"{Name}: followers that were told of lost events", arena.Masters.Count(master => master.Follower.Losses > 0));
        run.Count($"{Name}: followers that had received nothing that was lost", arena.Masters.Count(master => master.Follower.Losses == 0));
    }

    /// <summary>Adds what the store does not tell: the unique keys.</summary>
    private static Dictionary<string, ProjectState> WithUniqueKeys(Dictionary<string, ProjectState> left, Dictionary<string, Call[]> calls)
    {
        Dictionary<string, string?> keys = calls.Values.SelectMany(own => own).Select(call => call.Operation).OfType<AddBuildset>().ToDictionary(add => add.Reason, add => add.UniqueKey);
        return left.ToDictionary(
            project => project.Key,
            project => project.Value with
            {
                NextUnknownId = FirstUnknownId,
                Buildsets = project.Value.Buildsets.ChangeAll(buildset => buildset with { UniqueKey = keys.GetValueOrDefault(buildset.Reason) }),
            });
    }
}
