using System.Globalization;
using BuildData.Torture.Model;

namespace BuildData.Torture.Load;

/// <summary>Chooses operations at random, among those that the callers of a project can run with what they know.</summary>
internal static class OperationSource
{
    private static readonly BuildResult[] Results = [BuildResult.Success, BuildResult.Warnings, BuildResult.Failure, BuildResult.Skipped, BuildResult.Exception, BuildResult.Cancelled];

    // The longest name that a step can have is one of them, because a number has to replace its end.
    private static readonly string[] StepNames = ["compile", "test", "a-step-with-the-longest-name-that-a-step-can-have-"];

    private static readonly string[] LogNames = ["stdio", "run tests", "1st"];

    /// <summary>Chooses the next operation.</summary>
    /// <param name="random">The random numbers. All choices come from them.</param>
    /// <param name="known">What the callers of the project know.</param>
    public static Operation Choose(Random random, Known known)
    {
        if (known.Builders.Count < 2)
            return new FindBuilder(ProjectNames.Builder(known.Project, random.Next(2)));
        if (known.Worker is not { } worker)
            return new FindWorker(ProjectNames.Worker(known.Project));

        return random.Next(100) switch
        {
            < 8 => ChooseBuildset(random, known),
            < 20 => ChooseRequestUpdate(random, known),
            < 26 => ChooseWorkerUpdate(random, known, worker),
            < 42 => ChooseBuildUpdate(random, known, worker),
            < 66 => ChooseStepUpdate(random, known),
            < 80 => ChooseLogUpdate(random, known),
            < 88 => ChooseTransaction(random, known),
            _ => ChooseRead(random, known),
        };
    }

    private static Operation ChooseBuildset(Random random, Known known)
    {
        if (random.Next(5) == 0 && known.Builds is { Count: > 0 } builds)
            return new Rebuild(Pick(random, builds).Id, Reason(random, known), random.Next(3));
        return new AddBuildset(
            Reason(random, known),
            random.Next(2) == 0 ? "ann" : "ben",
            random.Next(4) == 0 ? null : $"r{random.Next(2)}",
            random.Next(8) switch { 0 => [], 1 => [.. known.Builders], _ => [Pick(random, known.Builders)] })
        {
            WaitedFor = random.Next(3) == 0,
            Priority = random.Next(3),
            UniqueKey = random.Next(4) == 0 ? ProjectNames.Reason(known.Project, $"key{random.Next(3)}") : null,
            ParentBuildId = random.Next(4) == 0 && known.Builds is { Count: > 0 } parents ? Pick(random, parents).Id : null,
        };
    }

    private static Operation ChooseRequestUpdate(Random random, Known known)
    {
        if (known.Requests is not { Count: > 0 } requests)
            return ChooseBuildset(random, known);
        long[] ids = random.Next(4) == 0 ? [.. requests.Select(request => request.Id).Order().Take(2)] : [Pick(random, requests).Id];
        return random.Next(12) switch
        {
            < 4 => new ClaimRequests(ids),
            < 5 => new ClaimNext([.. known.Builders]),
            < 6 => new UnclaimRequests(ids),
            < 9 => new CompleteRequests(ids, Pick(random, Results)),
            < 10 => new CancelRequests(ids, $"cancelled by {random.Next(10)}"),
            < 11 => new CancelBuildset(Pick(random, known.Buildsets), $"cancelled by {random.Next(10)}"),
            _ => new CompleteBuildset(random.Next(4) == 0 ? long.MaxValue : Pick(random, known.Buildsets)),
        };
    }

    private static Operation ChooseWorkerUpdate(Random random, Known known, long worker) => random.Next(7) switch
    {
        0 => new ConnectWorker(worker, $$"""{"version":"{{random.Next(10)}}","host":"h{{random.Next(10)}}"}"""),
        1 => new DisconnectWorker(worker),
        2 => new PauseWorker(worker, random.Next(3) == 0, random.Next(2) == 0 ? "maintenance" : null),
        3 => new RetireWorker(worker, random.Next(4) == 0),
        4 => new ConfigureWorker(worker, random.Next(3) switch { 0 => [], 1 => [known.Builders[0]], _ => [.. known.Builders] }),
        5 => new BeatForWorker(worker),
        _ => new DescribeBuilder(Pick(random, known.Builders), $"description {random.Next(100)}", [.. Enumerable.Range(0, random.Next(3)).Select(i => $"tag{i}")]),
    };

    private static Operation ChooseBuildUpdate(Random random, Known known, long worker)
    {
        if (known.Builds is not { Count: > 0 } builds || random.Next(3) == 0)
            return ChooseNewBuild(random, known, worker);
        long build = Pick(random, builds).Id;
        return random.Next(6) switch
        {
            < 2 => new SetBuildState(build, $"state {random.Next(1000)}"),
            < 4 => new SetBuildProperty(build, $"p{random.Next(3)}", random.Next(1000).ToString(CultureInfo.InvariantCulture), "Torture"),
            < 5 => new AddBuildLocks(build, random.Next(10)),
            _ => new FinishBuild(build, Pick(random, Results)),
        };
    }

    private static Operation ChooseNewBuild(Random random, Known known, long worker)
    {
        if (random.Next(3) > 0 || known.Requests is not { Count: > 0 } requests)
            return new StartNext(random.Next(2) == 0 ? worker : null, random.Next(2) == 0 ? [.. known.Builders] : [Pick(random, known.Builders)]);
        (long id, long builder) = Pick(random, requests);
        return new AddBuild(random.Next(8) == 0 ? Pick(random, known.Builders) : builder, id, random.Next(2) == 0 ? worker : null);
    }

    private static Operation ChooseStepUpdate(Random random, Known known)
    {
        if (known.Builds is not { Count: > 0 } builds)
            return ChooseBuildset(random, known);
        if (known.Steps is not { Count: > 0 } steps || random.Next(4) == 0)
            return new NewStep(random.Next(20) == 0 ? long.MaxValue : Pick(random, builds).Id, Pick(random, StepNames));
        long step = Pick(random, steps);
        return random.Next(10) switch
        {
            < 2 => new StartStep(step, random.Next(2) == 0),
            < 3 => new SetStepLocks(step),
            < 6 => new SetStepState(step, $"state {random.Next(1000)}"),
            < 8 => new AddStepUrl(step, $"u{random.Next(3)}", $"https://example.org/{random.Next(3)}"),
            _ => new FinishStep(step, Pick(random, Results), random.Next(4) == 0),
        };
    }

    private static Operation ChooseLogUpdate(Random random, Known known)
    {
        if (known.Steps is not { Count: > 0 } steps)
            return ChooseStepUpdate(random, known);
        if (known.Logs is not { Count: > 0 } logs || random.Next(5) == 0)
            return new AddLog(Pick(random, steps), Pick(random, LogNames), random.Next(2) == 0 ? LogType.Text : LogType.Html);
        long log = Pick(random, logs);
        return random.Next(8) == 0 ? new FinishLog(log) : new AppendLog(log, Lines(random));
    }

    /// <summary>Chooses a transaction of a host: the whole life of a step, or the end of a build.</summary>
    private static Operation ChooseTransaction(Random random, Known known)
    {
        bool fails = random.Next(5) == 0;
        if (known.Builds is not { Count: > 0 } builds)
            return ChooseBuildset(random, known);
        (long build, long request) = Pick(random, builds);
        return random.Next(3) == 0
            ? new RunTransaction(
                [
                    new SetBuildProperty(build, "done", "true", "Torture"), new FinishBuild(build, Pick(random, Results)),
                    new CompleteRequests([request], Pick(random, Results)),
                ],
                fails)
            : new RunTransaction(
                [
                    new NewStep(build, Pick(random, StepNames)), new StartStep(-1, LocksAcquired: true), new AddLog(-1, Pick(random, LogNames), LogType.Text),
                    new AppendLog(-3, Lines(random)), new FinishLog(-3), new FinishStep(-1, Pick(random, Results), Hidden: false),
                ],
                fails);
    }

    private static Operation ChooseRead(Random random, Known known) => random.Next(4) switch
    {
        0 when known.Buildsets is { Count: > 0 } buildsets => new ReadBuildset(Pick(random, buildsets)),
        1 when known.Logs is { Count: > 0 } logs => new ReadLog(Pick(random, logs)),
        2 when known.Builds is { Count: > 0 } builds => new ReadSteps(Pick(random, builds).Id),
        _ when known.Builds is { Count: > 0 } builds => new ReadBuild(Pick(random, builds).Id),
        _ => ChooseBuildset(random, known),
    };

    private static string Reason(Random random, Known known) => ProjectNames.Reason(known.Project, random.NextInt64().ToString("x", CultureInfo.InvariantCulture));

    private static string Lines(Random random)
    {
        int width = random.Next(20) == 0 ? 5_000 : 40;
        return string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(i => new string((char)('a' + random.Next(26)), random.Next(width)) + "\n"));
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];
}
