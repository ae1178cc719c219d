using System.Diagnostics;
using System.Globalization;

namespace BuildData.TestHost;

/// <summary>
/// One of a master's callers, who does at random what masters do, with things that all masters share. Each fact that an update
/// has acknowledged, and that nobody changes any more, is a line of output.
/// </summary>
internal sealed class MixedLoad(Master master, string name, int seed)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DataApi _data = master.Data;
    private readonly Updates _updates = master.Data.Updates;
    private readonly Random _random = new(seed);
    private readonly List<(long BuildId, long RequestId)> _mine = [];
    private int _last;
    private bool _hasFinishedStep;

    /// <summary>Runs callers for some time, and each of them until it has finished a step since it failed last.</summary>
    public static async Task Run(Master master, string masterName, TimeSpan time, int callers, int seed)
    {
        var running = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(async () =>
        {
            var caller = new MixedLoad(master, string.Create(CultureInfo.InvariantCulture, $"{masterName}-{i}"), seed + i);
            await caller.Work(running, time);
        })));
    }

    private async Task Work(Stopwatch running, TimeSpan time)
    {
        while (running.Elapsed < time || !_hasFinishedStep)
        {
            if (running.Elapsed > time + Patience)
                throw new TimeoutException($"{name} has not finished a step since it failed last, {Patience} after its time was over.");
            await DoOrGoOn();
        }
    }

    private async Task DoOrGoOn()
    {
        try
        {
            await Do();
        }
        catch (StoreException error)
        {
            // What was under way is left as it is; what comes next is new work.
            _hasFinishedStep = false;
            Say($"failed {error.Message.ReplaceLineEndings(" ")}");
            await Task.Delay(Pause);
        }
    }

    private Task Do() => _random.Next(100) switch
    {
        < 8 => FindNames(),
        < 20 => AskForBuilds(),
        < 38 => TakeRequest(),
        < 70 => RunStep(),
        < 78 => AddUrl(),
        < 82 => SetProperty(),
        < 90 => EndBuild(),
        < 94 => CompleteBuildset(),
        < 97 => TakeRequestInTransaction(),
        _ => FailInTransaction(),
    };

    private async Task FindNames()
    {
        string builder = $"builder {_random.Next(6)}";
        long builderId = await _updates.FindBuilderId(builder);
        Say($"builder {builderId} {builder}");
        string worker = $"worker-{_random.Next(4)}";
        long workerId = await _updates.FindWorkerId(worker);
        Say($"worker {workerId} {worker}");
    }

    private async Task AskForBuilds()
    {
        var builders = new List<long>();
        foreach (int i in Enumerable.Range(0, 6).Where(_ => _random.Next(3) == 0))
            builders.Add(await _updates.FindBuilderId($"builder {i}"));
        SourceStampRef[] stamps = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(i => (SourceStampRef)new SourceStampKey { Codebase = $"c{i}", Revision = $"r{_random.Next(50)}" })];
        AddedBuildset added = await _updates.AddBuildset(
            scheduler: name, sourceStamps: stamps, builderIds: builders, properties: new() { ["clean"] = (_random.Next(2) == 0, "load") });
        Say($"buildset {added.BuildsetId} {builders.Count}");
    }

    private async Task TakeRequest()
    {
        if (await AnyRequest() is not { } request || !await _updates.ClaimBuildRequests([request.BuildRequestId]))
            return;

        Say($"claimed {request.BuildRequestId}");
        if (_random.Next(10) == 0)
        {
            await _updates.UnclaimBuildRequests([request.BuildRequestId]);
            Say($"unclaimed {request.BuildRequestId}");
            return;
        }

        long worker = await _updates.FindWorkerId($"worker-{_random.Next(4)}");
        AddedBuild build = await _updates.AddBuild(request.BuilderId, request.BuildRequestId, worker);
        Say($"build {build.BuildId} {request.BuilderId} {build.Number} {request.BuildRequestId}");
        _mine.Add((build.BuildId, request.BuildRequestId));
    }

    private async Task TakeRequestInTransaction()
    {
        if (await AnyRequest() is not { } request)
            return;

        var lines = new List<string>();
        await _updates.Transaction(async updates =>
        {
            if (!await updates.ClaimBuildRequests([request.BuildRequestId]))
                return;

            AddedBuild build = await updates.AddBuild(request.BuilderId, request.BuildRequestId);
            AddedStep step = await updates.NewStep(build.BuildId, "checkout");
            lines.Add($"claimed {request.BuildRequestId}");
            lines.Add($"build {build.BuildId} {request.BuilderId} {build.Number} {request.BuildRequestId}");
            lines.Add($"step {step.StepId} {build.BuildId} {step.Number} {step.Name}");
        });
        lines.ForEach(Say);
    }

    private async Task FailInTransaction()
    {
        if (await AnyBuild() is not { } build)
            return;

        try
        {
            await _updates.Transaction(async updates =>
            {
                await updates.NewStep(build.BuildId, "never");
                throw new ArithmeticException();
            });
        }
        catch (ArithmeticException)
        {
            // As it should be.
        }
    }

    private async Task RunStep()
    {
        if (await AnyBuild() is not { } build)
            return;

        AddedStep step = await _updates.NewStep(build.BuildId, $"s{_random.Next(3)}");
        Say($"step {step.StepId} {build.BuildId} {step.Number} {step.Name}");
        await _updates.StartStep(step.StepId, locksAcquired: true);
        await _updates.SetStepStateString(step.StepId, $"run by {name}");
        var results = (BuildResult)_random.Next(3);
        await _updates.FinishStep(step.StepId, results, hidden: false);
        Say($"finished {step.StepId} {results}");
        _hasFinishedStep = true;
    }

    private async Task AddUrl()
    {
        ResourceList<Step> steps = await _data.GetAll<Step>("/steps?order=-stepid&limit=4");
        if (steps.Count == 0)
            return;

        Step step = steps[_random.Next(steps.Count)];
        string url = Unique();
        await _updates.AddStepUrl(step.StepId, "log", url);
        Say($"url {step.StepId} {url}");
    }

    private async Task SetProperty()
    {
        if (await AnyBuild() is not { } build)
            return;

        string property = Unique();
        await _updates.SetBuildProperty(build.BuildId, property, (name, "load"));
        Say($"property {build.BuildId} {property}");
    }

    private async Task EndBuild()
    {
        if (_mine.Count == 0)
            return;

        (long build, long request) = _mine[0];
        _mine.RemoveAt(0);
        var results = (BuildResult)_random.Next(3);
        await _updates.FinishBuild(build, results);
        Say($"ended {build} {results}");
        if (await _updates.CompleteBuildRequests([request], results))
            Say($"completed {request} {results}");
    }

    private async Task CompleteBuildset()
    {
        ResourceList<Buildset> some = await _data.GetAll<Buildset>("/buildsets?order=-bsid&limit=8");
        if (some.Count > 0)
            await _updates.MaybeBuildsetComplete(some[_random.Next(some.Count)].BuildsetId);
    }

    private async Task<BuildRequest?> AnyRequest()
    {
        ResourceList<BuildRequest> some = await _data.GetAll<BuildRequest>("/buildrequests?claimed=false&limit=8");
        return some.Count == 0 ? null : some[_random.Next(some.Count)];
    }

    private async Task<Build?> AnyBuild()
    {
        ResourceList<Build> some = await _data.GetAll<Build>("/builds?order=-buildid&limit=8");
        return some.Count == 0 ? null : some[_random.Next(some.Count)];
    }

    private string Unique() => string.Create(CultureInfo.InvariantCulture, $"{name}-{++_last}");

    private static void Say(string line) => Console.WriteLine(line);
}
