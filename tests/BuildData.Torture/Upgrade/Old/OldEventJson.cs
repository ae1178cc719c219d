using System.Text.Json.Nodes;
using BuildData.Values;

namespace BuildData.Torture.Upgrade.Old;

/// <summary>Writes resources as the events of older libraries have stored them: with times in microseconds, without the attributes that came later.</summary>
internal static class OldEventJson
{
    /// <summary>Returns the kind of a resource, its id, its text, and the resource that the text stands for.</summary>
    /// <param name="resource">The resource, without the attributes that the version lacks.</param>
    /// <param name="version">The schema version of the library that wrote the event.</param>
    public static (string Kind, long Id, string Json, object Resource) Of(object resource, long version) => resource switch
    {
        Builder builder => ("builder", builder.BuilderId, Json(builder, version).ToJsonString(), builder),
        Buildset buildset => ("buildset", buildset.BuildsetId, Json(buildset).ToJsonString(), buildset),
        Step step => ("step", step.StepId, Json(step, version).ToJsonString(), step),

        // What did not exist is not known of an old event.
        Build build when version < 6 => ("build", build.BuildId, Json(build, version).ToJsonString(), build with { BuilderName = "", WorkerName = null, BuildsetId = 0 }),
        Build build => ("build", build.BuildId, Json(build, version).ToJsonString(), build),
        _ => throw new NotSupportedException($"There is no event of {resource}."),
    };

    /// <summary>Returns the text of the properties that an event of a build has beside the build.</summary>
    public static string? Properties(object resource) => resource is not Build build
        ? null
        : new JsonObject(build.Properties.Select(property =>
            KeyValuePair.Create<string, JsonNode?>(property.Key, new JsonArray(JsonNode.Parse(property.Value.Value.GetRawText()), property.Value.Source)))).ToJsonString();

    private static long? Micros(DateTimeOffset? time) => time is { } value ? Timestamp.ToMicroseconds(value) : null;

    private static JsonObject Json(Builder builder, long version)
    {
        var json = new JsonObject
        {
            ["builderid"] = builder.BuilderId,
            ["name"] = builder.Name,
            ["description"] = builder.Description,
            ["description_format"] = builder.DescriptionFormat,
            ["description_html"] = builder.DescriptionHtml,
            ["projectid"] = builder.ProjectId,
            ["tags"] = new JsonArray([.. builder.Tags.Select(tag => (JsonNode)tag)]),
        };
        if (version >= 5)
            json["masterids"] = new JsonArray([.. builder.MasterIds.Select(id => (JsonNode)id)]);
        return json;
    }

    private static JsonObject Json(Buildset buildset) => new()
    {
        ["bsid"] = buildset.BuildsetId,
        ["scheduler"] = buildset.Scheduler,
        ["external_idstring"] = buildset.ExternalIdString,
        ["reason"] = buildset.Reason,
        ["submitted_at"] = Micros(buildset.SubmittedAt),
        ["complete"] = buildset.Complete,
        ["complete_at"] = Micros(buildset.CompleteAt),
        ["results"] = (int?)buildset.Results,
        ["parent_buildid"] = buildset.ParentBuildId,
        ["parent_relationship"] = buildset.ParentRelationship,
        ["rebuilt_buildid"] = buildset.RebuiltBuildId,
        ["sourcestamps"] = new JsonArray([.. buildset.SourceStamps.Select(Json)]),
    };

    private static JsonObject Json(SourceStamp stamp) => new()
    {
        ["ssid"] = stamp.SourceStampId,
        ["branch"] = stamp.Branch,
        ["revision"] = stamp.Revision,
        ["repository"] = stamp.Repository,
        ["project"] = stamp.Project,
        ["codebase"] = stamp.Codebase,
        ["created_at"] = Micros(stamp.CreatedAt),
        ["patch"] = stamp.Patch is not { } patch ? null : new JsonObject
        {
            ["patchid"] = patch.PatchId,
            ["level"] = patch.Level,
            ["subdir"] = patch.Subdir,
            ["author"] = patch.Author,
            ["comment"] = patch.Comment,
            ["body"] = patch.Body,
        },
    };

    private static JsonObject Json(Step step, long version)
    {
        var json = new JsonObject
        {
            ["stepid"] = step.StepId,
            ["buildid"] = step.BuildId,
            ["number"] = step.Number,
            ["name"] = step.Name,
            ["started_at"] = Micros(step.StartedAt),
            ["locks_acquired_at"] = Micros(step.LocksAcquiredAt),
            ["complete"] = step.Complete,
            ["complete_at"] = Micros(step.CompleteAt),
            ["state_string"] = step.StateString,
            ["results"] = (int?)step.Results,
            ["urls"] = new JsonArray([.. step.Urls.Select(url => new JsonObject { ["name"] = url.Name, ["url"] = url.Url })]),
            ["hidden"] = step.Hidden,
        };
        if (version >= 5)
            json["title"] = step.Title;
        return json;
    }

    private static JsonObject Json(Build build, long version)
    {
        var json = new JsonObject
        {
            ["buildid"] = build.BuildId,
            ["number"] = build.Number,
            ["builderid"] = build.BuilderId,
            ["buildrequestid"] = build.BuildRequestId,
            ["workerid"] = build.WorkerId,
            ["masterid"] = build.MasterId,
            ["started_at"] = Micros(build.StartedAt),
            ["complete"] = build.Complete,
            ["complete_at"] = Micros(build.CompleteAt),
            ["locks_duration_s"] = build.LocksDurationSeconds,
            ["state_string"] = build.StateString,
            ["results"] = (int?)build.Results,
            ["properties"] = new JsonObject(),
        };
        if (version >= 5)
        {
            json["cancel_requested_at"] = Micros(build.CancelRequestedAt);
            json["cancel_reason"] = build.CancelReason;
        }

        if (version >= 6)
        {
            json["builder_name"] = build.BuilderName;
            json["worker_name"] = build.WorkerName;
            json["buildsetid"] = build.BuildsetId;
        }

        return json;
    }
}
