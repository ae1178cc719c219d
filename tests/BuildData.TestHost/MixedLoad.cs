using System.Data.Common;
using System.Diagnostics;
using System.Globalization;

namespace BuildData.TestHost;

/// <summary>
/// Represents one caller of a master. It runs random updates on resources that all masters share. It prints a line for each
/// acknowledged change that no later update reverses, so that the test can compare the lines with the database.
/// </summary>
internal sealed class MixedLoad(Master master, string name, int seed)
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RecoveryTimeout = TimeSpan.FromMinutes(5);

    private readonly DataApi _data = master.Data;
    private readonly Updates _updates = master.Data.Updates;
    private readonly Random _random = new(seed);
    private readonly List<(long BuildId, long RequestId)> _ownBuilds = [];
    private int _last;
    private bool _hasFinishedStep;

    /// <summary>Runs callers for some time. Afterwards each caller continues until it has finished a step since its last error.</summary>
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
            if (running.Elapsed > time + RecoveryTimeout)
                throw new TimeoutException($"{name} has not finished a step since its last error, and its time ended more than {RecoveryTimeout} ago.");
            await DoAndPrintErrors();
        }
    }

    private async Task DoAndPrintErrors()
    {
        try
        {
            await Do();
        }
        catch (StoreException error)
        {
            // The unfinished work stays as it is. The caller continues with new work.
            _hasFinishedStep = false;
            Print($"failed {error.Message.ReplaceLineEndings(" ")}");
            await Task.Delay(PauseAfterError);
        }
    }

    private Task Do() => _random.Next(100) switch
    {
        < 8 => FindNames(),
        < 20 => AddBuildset(),
        < 38 => ClaimRequest(),
        < 70 => RunStep(),
        < 78 => AddUrl(),
        < 82 => SetProperty(),
        < 90 => EndBuild(),
        < 94 => CompleteBuildset(),
        < 97 => ClaimRequestInTransaction(),
        _ => FailInTransaction(),
    };

    private async Task FindNames()
    {
        string builder = $"builder {_random.Next(6)}";
        long builderId = await _updates.FindBuilderId(builder);
        Print($"builder {builderId} {builder}");
        string worker = $"worker-{_random.Next(4)}";
        long workerId = await _updates.FindWorkerId(worker);
        Print($"worker {workerId} {worker}");
    }

    private async Task AddBuildset()
    {
        var builders = new List<long>();
        foreach (int i in Enumerable.Range(0, 6).Where(_ => _random.Next(3) == 0))
            builders.Add(await _updates.FindBuilderId($"builder {i}"));
        SourceStampRef[] stamps = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(i => (SourceStampRef)new SourceStampKey { Codebase = $"c{i}", Revision = $"r{_random.Next(50)}" })];
        AddedBuildset added = await _updates.AddBuildset(
            scheduler: name, sourceStamps: stamps, builderIds: builders, properties: new() { ["clean"] = (_random.Next(2) == 0, "load") });
        Print($"buildset {added.BuildsetId} {builders.Count}");
    }

    private async Task ClaimRequest()
    {
        if (await AnyRequest() is not { } request || !await _updates.ClaimBuildRequests([request.BuildRequestId]))
            return;

        Print($"claimed {request.BuildRequestId}");
        if (_random.Next(10) == 0)
        {
            await _updates.UnclaimBuildRequests([request.BuildRequestId]);
            Print($"unclaimed {request.BuildRequestId}");
            return;
        }

        long worker = await _updates.FindWorkerId($"worker-{_random.Next(4)}");
        AddedBuild build = await _updates.AddBuild(request.BuilderId, request.BuildRequestId, worker);
        Print($"build {build.BuildId} {request.BuilderId} {build.Number} {request.BuildRequestId}");
        _ownBuilds.Add((build.BuildId, request.BuildRequestId));
    }

    private async Task ClaimRequestInTransaction()
    {
        if (await AnyRequest() is not { } request)
            return;

        List<string> lines = [];
        await RepeatAfterDeadlocks(() => _updates.Transaction(async updates =>
        {
            lines = [];
            if (!await updates.ClaimBuildRequests([request.BuildRequestId]))
                return;

            AddedBuild build = await updates.AddBuild(request.BuilderId, request.BuildRequestId);
            AddedStep step = await updates.NewStep(build.BuildId, "checkout");
            lines.Add($"claimed {request.BuildRequestId}");
            lines.Add($"build {build.BuildId} {request.BuilderId} {build.Number} {request.BuildRequestId}");
            lines.Add($"step {step.StepId} {build.BuildId} {step.Number} {step.Name}");
        }));
        lines.ForEach(Print);
    }

    // Batches lock builders before build requests. This transaction does the opposite, so the two may meet in a deadlock.
    private static async Task RepeatAfterDeadlocks(Func<Task> transaction)
    {
        while (true)
        {
            try
            {
                await transaction();
                return;
            }
            catch (StoreException error) when (error.InnerException is DbException { SqlState: "40P01" })
            {
                // Nothing of the transaction is stored.
            }
        }
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
            // The exception is expected: the transaction must be undone.
        }
    }

    private async Task RunStep()
    {
        if (await AnyBuild() is not { } build)
            return;

        AddedStep step = await _updates.NewStep(build.BuildId, $"s{_random.Next(3)}");
        Print($"step {step.StepId} {build.BuildId} {step.Number} {step.Name}");
        await _updates.StartStep(step.StepId, locksAcquired: true);
        await _updates.SetStepStateString(step.StepId, $"run by {name}");
        var results = (BuildResult)_random.Next(3);
        await _updates.FinishStep(step.StepId, results, hidden: false);
        Print($"finished {step.StepId} {results}");
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
        Print($"url {step.StepId} {url}");
    }

    private async Task SetProperty()
    {
        if (await AnyBuild() is not { } build)
            return;

        string property = Unique();
        await _updates.SetBuildProperty(build.BuildId, property, (name, "load"));
        Print($"property {build.BuildId} {property}");
    }

    private async Task EndBuild()
    {
        if (_ownBuilds.Count == 0)
            return;

        (long build, long request) = _ownBuilds[0];
        _ownBuilds.RemoveAt(0);
        var results = (BuildResult)_random.Next(3);
        await _updates.FinishBuild(build, results);
        Print($"ended {build} {results}");
        if (await _updates.CompleteBuildRequests([request], results))
            Print($"completed {request} {results}");
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

    private static void Print(string line) => Console.WriteLine(line);
}
