using BuildData.Torture.Examination;
using BuildData.Torture.Histories;
using BuildData.Torture.Load;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Servers;

/// <summary>Compares what is stored after a round with the calls of the round, and what followers received with the kept events.</summary>
internal static class Settlement
{
    /// <summary>Compares everything. Nobody may write meanwhile.</summary>
    /// <param name="run">The run, for its figures.</param>
    /// <param name="part">The name of the part.</param>
    /// <param name="arena">The arena. Its settled projects become those that are stored.</param>
    /// <param name="calls">The calls of the round, by project.</param>
    public static async Task Compare(CheckRun run, string part, Arena arena, IReadOnlyList<Dictionary<string, Call[]>> calls)
    {
        Master master = arena.Masters[0].Master;
        Dictionary<string, ProjectState> stored = await StoreReader.ReadAll(master.Data);
        Dictionary<string, Call[]> all = calls.SelectMany(own => own).ToDictionary(own => own.Key, own => own.Value);
        CompareProjects(arena, all, stored);
        Count(run, part, all);
        await CompareEvents(run, part, arena);
        await Numbers.Examine(master.Data);
        stored.Remove(EventExamination.Reason);
        arena.Settled = stored;
    }

    /// <summary>Compares the kept events with the tables, and with what each follower has received.</summary>
    public static async Task CompareEvents(CheckRun run, string part, Arena arena)
    {
        Master master = arena.Masters[0].Master;
        if (await EventExamination.FindDifference(master) is { } difference)
            throw new ViolationException($"Events and tables differ.\n{difference}");
        FollowedEvent[] kept = [.. (await EventExamination.ReadEvents(master)).Select(e => new FollowedEvent(e.Sequence, e.Cursor, e.Path, e.Name))];
        await Task.WhenAll(arena.Masters.Select(async (follower, i) =>
        {
            FollowedEvent[] received = await AwaitLast(follower.Follower, kept[^1].Sequence);
            if (FindDifference(kept, received) is { } fault)
                throw new ViolationException($"The follower of the master {i} has not received the kept events.\n{fault}");
        }));
        run.Max($"{part}: most kept events that all followers received", kept.Length);
    }

    /// <summary>Counts the calls of a round.</summary>
    public static void Count(CheckRun run, string part, Dictionary<string, Call[]> calls)
    {
        run.Count($"{part}: rounds");
        run.Count($"{part}: projects", calls.Count);
        foreach (Call call in calls.Values.SelectMany(own => own))
            run.Count($"{part}: calls {(call.IsUncertain ? "with unknown outcome" : call.Outcome!.Kind == OutcomeKind.Failed ? "that failed" : "that were answered")}");
    }

    private static void CompareProjects(Arena arena, Dictionary<string, Call[]> calls, Dictionary<string, ProjectState> stored)
    {
        foreach ((string project, Call[] own) in calls)
        {
            ProjectState state = stored.GetValueOrDefault(project) ?? new ProjectState(project);
            if (Linearization.FindViolation(own, new ProjectState(project), state, mayPassLocked: true) is { } violation)
                throw new ViolationException($"The project {project} is not what its calls make it.\n{violation}");
        }

        foreach ((string project, ProjectState before) in arena.Settled)
        {
            if (StateComparison.FindDifference(before, stored.GetValueOrDefault(project) ?? new ProjectState(project)) is { } difference)
                throw new ViolationException($"The project {project} of an earlier round has changed.\n{difference}");
        }

        if (stored.Keys.Except(calls.Keys).Except(arena.Settled.Keys).Except([EventExamination.Reason]).FirstOrDefault() is { } unknown)
            throw new ViolationException($"Nobody has written the project {unknown}.");
    }

    private static async Task<FollowedEvent[]> AwaitLast(Follower follower, long sequence)
    {
        using var end = new CancellationTokenSource(Arena.Patience);
        while (true)
        {
            if (follower.Running.IsFaulted)
                await follower.Running;
            FollowedEvent[] received = follower.Events;
            if ((received.Length > 0 && received[^1].Sequence >= sequence) || end.IsCancellationRequested)
                return received;
            await Task.Delay(20);
        }
    }

    private static string? FindDifference(FollowedEvent[] kept, FollowedEvent[] received)
    {
        for (int i = 0; i < Math.Max(kept.Length, received.Length); i++)
        {
            FollowedEvent? expected = kept.ElementAtOrDefault(i);
            FollowedEvent? actual = received.ElementAtOrDefault(i);
            if (expected != actual)
                return $"Event {i} of {kept.Length} is {expected}, but the follower received {actual} ({received.Length} events).";
        }

        return null;
    }
}
