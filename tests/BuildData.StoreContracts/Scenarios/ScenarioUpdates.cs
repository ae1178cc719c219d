using System.Text.Json.Nodes;

namespace BuildData.StoreContracts;

/// <summary>Calls the update method that a recorded operation names, with its arguments, and gives its result in wire form.</summary>
internal static class ScenarioUpdates
{
    public static async Task<JsonNode?> Call(Updates updates, JsonObject op)
    {
        switch ((string)op["op"]!)
        {
            case "findBuilderId":
                return await updates.FindBuilderId(Text(op, "name")!);
            case "findWorkerId":
                return await updates.FindWorkerId(Text(op, "name")!);
            case "updateBuilderInfo":
                await updates.UpdateBuilderInfo(
                    Id(op, "builderid"), Text(op, "description"), Text(op, "description_format"), Text(op, "description_html"),
                    OptionalId(op, "projectid"), [.. op["tags"]!.AsArray().Select(tag => (string)tag!)]);
                return null;
            case "addBuildset":
                return Added(await updates.AddBuildset(
                    Text(op, "scheduler"), SourceStamps(op), Text(op, "reason") ?? "", Properties(op), Ids(op, "builderids"),
                    Text(op, "external_idstring"), OptionalId(op, "parent_buildid"), Text(op, "parent_relationship"),
                    Flag(op, "waited_for"), OptionalId(op, "rebuilt_buildid"), OptionalId(op, "priority") ?? 0));
            case "maybeBuildsetComplete":
                await updates.MaybeBuildsetComplete(Id(op, "bsid"));
                return null;
            case "claimBuildRequests":
                return (bool)await updates.ClaimBuildRequests(Ids(op, "brids"), Time(op, "claimed_at"));
            case "unclaimBuildRequests":
                await updates.UnclaimBuildRequests(Ids(op, "brids"));
                return null;
            case "completeBuildRequests":
                return (bool)await updates.CompleteBuildRequests(Ids(op, "brids"), Result(op), Time(op, "complete_at"), force: true);
            case "addBuild":
                AddedBuild build = await updates.AddBuild(Id(op, "builderid"), Id(op, "buildrequestid"), OptionalId(op, "workerid"));
                return new JsonObject { ["buildid"] = build.BuildId, ["number"] = build.Number };
            case "setBuildStateString":
                await updates.SetBuildStateString(Id(op, "buildid"), Text(op, "state_string")!);
                return null;
            case "finishBuild":
                await updates.FinishBuild(Id(op, "buildid"), Result(op));
                return null;
            case "setBuildProperty":
                await updates.SetBuildProperty(Id(op, "buildid"), Text(op, "name")!, (op["value"], Text(op, "source")!));
                return null;
            case "newStep":
                AddedStep step = await updates.NewStep(Id(op, "buildid"), Text(op, "name")!);
                return new JsonObject { ["stepid"] = step.StepId, ["number"] = step.Number, ["name"] = step.Name };
            case "startStep":
                await updates.StartStep(Id(op, "stepid"), Time(op, "started_at"), Flag(op, "locks_acquired"));
                return null;
            case "set_step_locks_acquired_at":
                await updates.SetStepLocksAcquiredAt(Id(op, "stepid"), Time(op, "locks_acquired_at"));
                return null;
            case "setStepStateString":
                await updates.SetStepStateString(Id(op, "stepid"), Text(op, "state_string")!);
                return null;
            case "addStepURL":
                await updates.AddStepUrl(Id(op, "stepid"), Text(op, "name")!, Text(op, "url")!);
                return null;
            case "finishStep":
                await updates.FinishStep(Id(op, "stepid"), Result(op), Flag(op, "hidden"));
                return null;
            case "addLog":
                return (await updates.AddLog(Id(op, "stepid"), Text(op, "name")!, LogTypeOf(Text(op, "type")!))).LogId;
            case "appendLog":
                AppendedLines lines = await updates.AppendLog(Id(op, "logid"), Text(op, "content")!);
                return new JsonObject { ["first_line"] = lines.FirstLine, ["last_line"] = lines.LastLine };
            case "finishLog":
                await updates.FinishLog(Id(op, "logid"));
                return null;
            case "compressLog":
                // Here, nobody asks for it: the master does it after the log is finished. It changes nothing that a reader sees.
                return null;
            case "workerConfigured":
                await updates.WorkerConfigured(Id(op, "workerid"), Ids(op, "builderids"), Id(op, "masterid"));
                return null;
            case "deconfigureAllWorkersForMaster":
                await updates.DeconfigureAllWorkersForMaster(Id(op, "masterid"));
                return null;
            case "workerConnected":
                await updates.WorkerConnected(Id(op, "workerid"), op["workerinfo"]!.AsObject(), Id(op, "masterid"));
                return null;
            case "workerDisconnected":
                await updates.WorkerDisconnected(Id(op, "workerid"), Id(op, "masterid"));
                return null;
            case "workerMissing":
                await updates.WorkerMissing(
                    Id(op, "workerid"), Text(op, "last_connection")!, [.. op["notify"]!.AsArray().Select(address => (string)address!)], Id(op, "masterid"));
                return null;
            case "set_worker_paused":
                await updates.SetWorkerPaused(Id(op, "workerid"), Flag(op, "paused"), Text(op, "pause_reason"));
                return null;
            case "set_worker_graceful":
                await updates.SetWorkerGraceful(Id(op, "workerid"), Flag(op, "graceful"));
                return null;
            case "updateBuilderList":
                await updates.UpdateBuilderList([.. op["builderNames"]!.AsArray().Select(name => (string)name!)], Id(op, "masterid"));
                return null;
            case "masterActive":
                await updates.MasterActive(Id(op, "masterid"));
                return null;
            case "masterStopped":
                await updates.MasterStopped(Id(op, "masterid"));
                return null;
            case "expireMasters":
                await updates.ExpireMasters(Flag(op, "forceHouseKeeping"));
                return null;
            case "add_build_locks_duration":
                await updates.AddBuildLocksDuration(Id(op, "buildid"), Id(op, "duration_s"));
                return null;
            default:
                throw new NotSupportedException($"The scenarios have an operation that the runner does not know: {op["op"]}");
        }
    }

    private static JsonObject Added(AddedBuildset added)
    {
        var requests = new JsonObject();
        foreach ((long builderId, long buildRequestId) in added.BuildRequestIds)
            requests[$"{builderId}"] = buildRequestId;
        return new JsonObject { ["bsid"] = added.BuildsetId, ["brids"] = requests };
    }

    private static List<SourceStampRef>? SourceStamps(JsonObject op) =>
        op["sourcestamps"] is JsonArray stamps ? [.. stamps.Select(stamp => SourceStamp(stamp!))] : null;

    private static SourceStampRef SourceStamp(JsonNode stamp) =>
        stamp is not JsonObject key
            ? (SourceStampRef)(long)stamp
            : new SourceStampKey
            {
                Branch = Text(key, "branch"),
                Revision = Text(key, "revision"),
                Repository = Text(key, "repository") ?? "",
                Project = Text(key, "project") ?? "",
                Codebase = Text(key, "codebase") ?? "",
                Patch = Text(key, "patch_body") is not { } body ? null : new PatchKey
                {
                    Body = body,
                    Level = Id(key, "patch_level"),
                    Author = Text(key, "patch_author") ?? "",
                    Comment = Text(key, "patch_comment") ?? "",
                    Subdir = Text(key, "patch_subdir"),
                },
            };

    private static PropertyMap? Properties(JsonObject op)
    {
        if (op["properties"] is not JsonObject properties)
            return null;

        var map = new PropertyMap();
        foreach ((string name, JsonNode? property) in properties)
            map[name] = (property![0], (string)property[1]!);
        return map;
    }

    // The wire form of a log has a letter. A letter that is no type has no value of the enumeration either.
    private static LogType LogTypeOf(string letter) =>
        letter switch { "t" => LogType.Text, "s" => LogType.Stdio, "h" => LogType.Html, "d" => LogType.Removed, _ => (LogType)(-1) };

    private static string? Text(JsonObject op, string name) => (string?)op[name];

    private static long Id(JsonObject op, string name) => (long)op[name]!;

    private static long? OptionalId(JsonObject op, string name) => (long?)op[name];

    private static bool Flag(JsonObject op, string name) => (bool?)op[name] ?? false;

    private static long[] Ids(JsonObject op, string name) => [.. (op[name] as JsonArray ?? []).Select(id => (long)id!)];

    private static BuildResult Result(JsonObject op) => (BuildResult)(int)op["results"]!;

    private static DateTimeOffset? Time(JsonObject op, string name) =>
        op[name] is { } seconds ? DateTimeOffset.FromUnixTimeSeconds((long)seconds) : null;
}
