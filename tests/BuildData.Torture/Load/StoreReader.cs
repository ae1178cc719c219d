using System.Text.Json;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Load;

/// <summary>Reads all projects that a store holds.</summary>
internal static class StoreReader
{
    /// <summary>Returns the projects by name. Nobody may write meanwhile. The master must allow results of any size.</summary>
    public static async Task<Dictionary<string, ProjectState>> ReadAll(DataApi data)
    {
        ResourceList<Step> allSteps = await data.GetAll<Step>("/steps?order=number");
        ILookup<long, LogState> logs = await ReadLogs(data, allSteps);
        ILookup<long, StepState> steps = allSteps.ToLookup(step => step.BuildId, step => ToState(step) with { Logs = [.. logs[step.StepId]] });
        ResourceList<Build> allBuilds = await data.GetAll<Build>("/builds?property=*&order=number");
        ILookup<long, BuildState> builds = allBuilds.ToLookup(build => build.BuildRequestId, build => ToState(build) with { Steps = [.. steps[build.BuildId]] });
        Dictionary<long, long> lastNumbers = allBuilds.GroupBy(build => build.BuilderId).ToDictionary(group => group.Key, group => group.Max(build => build.Number));
        ILookup<long, RequestState> requests = (await data.GetAll<BuildRequest>("/buildrequests"))
            .ToLookup(request => request.BuildsetId, request => ToState(request) with { Builds = [.. builds[request.BuildRequestId]] });
        ILookup<string, BuildsetState> buildsets = (await data.GetAll<Buildset>("/buildsets?include=properties"))
            .ToLookup(buildset => ProjectNames.Of(buildset.Reason), buildset => ToState(buildset) with { Requests = [.. requests[buildset.BuildsetId]] });
        ILookup<string, BuilderState> builders = (await data.GetAll<Builder>("/builders")).ToLookup(
            builder => ProjectNames.Of(builder.Name),
            builder => new BuilderState(builder.Name, builder.BuilderId, lastNumbers.GetValueOrDefault(builder.BuilderId), builder.Description) { Tags = [.. builder.Tags] });
        Dictionary<string, WorkerState> workers = (await data.GetAll<Worker>("/workers")).ToDictionary(worker => ProjectNames.Of(worker.Name), ToState);

        return builders.Select(group => group.Key).Union(buildsets.Select(group => group.Key)).Union(workers.Keys).ToDictionary(
            name => name,
            name => new ProjectState(name) { Builders = [.. builders[name]], Worker = workers.GetValueOrDefault(name), Buildsets = [.. buildsets[name]], NextUnknownId = 0 });
    }

    /// <summary>Returns a step as the model has it.</summary>
    public static StepState ToState(Step step) => new(step.StepId, step.Name)
    {
        Started = step.StartedAt is not null,
        LocksAcquired = step.LocksAcquiredAt is not null,
        StateString = step.StateString,
        Complete = step.Complete && step.CompleteAt is not null,
        Results = step.Results,
        Hidden = step.Hidden,
        Urls = [.. step.Urls.Select(url => new UrlState(url.Name, url.Url))],
    };

    /// <summary>Returns a build as the model has it, without its steps.</summary>
    public static BuildState ToState(Build build) => new(build.BuildId, build.Number, build.WorkerId, build.MasterId)
    {
        StateString = build.StateString,
        LocksDuration = build.LocksDurationSeconds,
        Complete = build.Complete && build.CompleteAt is not null,
        Results = build.Results,
        CancelReason = build.CancelReason,
        Properties =
        [
            .. build.Properties.OrderBy(property => property.Key, StringComparer.Ordinal)
                .Select(property => new PropertyState(property.Key, property.Value.Value.GetRawText(), property.Value.Source)),
        ],
    };

    /// <summary>Returns a buildset as the model has it, without its requests.</summary>
    public static BuildsetState ToState(Buildset buildset) =>
        new(buildset.Reason, buildset.BuildsetId, buildset.Properties?.GetString("owner") ?? "", buildset.SourceStamps is [SourceStamp stamp] ? stamp.Revision : null)
        {
            ParentBuildId = buildset.ParentBuildId,
            RebuiltBuildId = buildset.RebuiltBuildId,
            Complete = buildset.Complete && buildset.CompleteAt is not null,
            Results = buildset.Results,
        };

    /// <summary>Returns a log as the model has it, with its lines.</summary>
    public static async Task<LogState> ToState(DataApi data, StepLog log)
    {
        LogContents contents = await data.Get<LogContents>($"/logs/{log.LogId}/contents") ?? throw new WrongAnswerException($"The log {log.LogId} has no contents.");
        return new LogState(log.LogId, log.Name, log.Slug, log.Type) { Complete = log.Complete, LineCount = log.NumLines, Text = contents.Content };
    }

    private static RequestState ToState(BuildRequest request) => new(request.BuildRequestId, request.BuilderId, request.Priority, request.WaitedFor)
    {
        ClaimedBy = request.ClaimedByMasterId,
        Complete = request.Complete && request.CompleteAt is not null,
        Results = request.Results,
        CancelReason = request.CancelReason,
        ReplacedBy = request.ReplacedByBuildRequestId,
    };

    private static WorkerState ToState(Worker worker) => new(worker.Name, worker.WorkerId, worker.Paused, worker.PauseReason, worker.Graceful, JsonSerializer.Serialize(worker.WorkerInfo.Json))
    {
        ConnectedTo = [.. worker.ConnectedTo.Select(master => master.MasterId).Order()],
        ConfiguredOn = [.. worker.ConfiguredOn.Select(place => (place.MasterId, place.BuilderId)).Order()],
    };

    private static async Task<ILookup<long, LogState>> ReadLogs(DataApi data, IEnumerable<Step> steps)
    {
        var logs = new List<(long Step, LogState Log)>();
        foreach (Step step in steps)
        {
            foreach (StepLog log in await data.GetAll<StepLog>($"/steps/{step.StepId}/logs"))
                logs.Add((log.StepId, await ToState(data, log)));
        }

        return logs.ToLookup(log => log.Step, log => log.Log);
    }
}
