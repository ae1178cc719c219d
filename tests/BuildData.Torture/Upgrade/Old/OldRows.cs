using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BuildData.Values;

namespace BuildData.Torture.Upgrade.Old;

/// <summary>Makes rows of all tables. They are made here, not by the library, because they stand for what older libraries have written.</summary>
internal static class OldRows
{
    /// <summary>Returns the rows. A row comes after those that it refers to, apart from the parents of buildsets.</summary>
    public static IEnumerable<OldRow> Of(OldData data) =>
    [
        .. data.Masters.Select(Row), .. data.Builders.Select(Row), .. data.Workers.Select(Row), .. data.SourceStamps.SelectMany(Rows),
        .. data.Buildsets.SelectMany(buildset => Rows(data, buildset)), .. data.Requests.Select(request => Row(data, request)), .. data.Builds.SelectMany(build => Rows(data, build)),
        .. data.Steps.Select(step => Row(data, step)), .. data.Builders.SelectMany(RowsBeside), .. data.Workers.SelectMany(RowsBeside), .. data.Logs.SelectMany(Rows),
        new OldRow("removed_logs", ("log_id", 4_000L)), new OldRow("log_chunks", ("log_id", 4_000L), ("first_line", 0L), ("last_line", 0L), ("num_bytes", 2L), ("encoding", 0L), ("content", "x\n"u8.ToArray())),
    ];

    /// <summary>Returns the hash that finds a source stamp without a patch.</summary>
    public static string KeyHash(SourceStamp stamp)
    {
        using var bytes = new MemoryStream();
        foreach (string? part in (string?[])[stamp.Branch, stamp.Revision, stamp.Repository, stamp.Project, stamp.Codebase])
        {
            byte[] text = Encoding.UTF8.GetBytes(part ?? "");
            byte[] length = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(length, part is null ? -1 : text.Length);
            bytes.Write(length);
            bytes.Write(text);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()));
    }

    private static long Flag(bool value) => value ? 1 : 0;

    private static long Micros(DateTimeOffset time) => Timestamp.ToMicroseconds(time);

    private static long? Micros(DateTimeOffset? time) => time is { } value ? Micros(value) : null;

    private static string First64(string text)
    {
        // SQL counts code points.
        return string.Concat(text.EnumerateRunes().Take(64).Select(rune => rune.ToString()));
    }

    private static OldRow Row(MasterInfo master) =>
        new("masters", ("id", master.MasterId), ("name", master.Name), ("active", Flag(master.Active)), ("last_active", Micros(master.LastActive)));

    private static OldRow Row(Builder builder) => new(
        "builders", ("id", builder.BuilderId), ("name", builder.Name), ("description", builder.Description), ("description_format", builder.DescriptionFormat),
        ("description_html", builder.DescriptionHtml), ("project_id", builder.ProjectId));

    private static IEnumerable<OldRow> RowsBeside(Builder builder) =>
    [
        .. builder.Tags.Select((tag, i) => new OldRow("builder_tags", ("builder_id", builder.BuilderId), ("position", (long)i), ("tag", tag))),
        .. builder.MasterIds.Select(master => new OldRow("builder_masters", ("builder_id", builder.BuilderId), ("master_id", master))),
    ];

    private static OldRow Row(Worker worker) => new(
        "workers", ("id", worker.WorkerId), ("name", worker.Name), ("title", worker.Title), ("paused", Flag(worker.Paused)), ("pause_reason", worker.PauseReason),
        ("graceful", Flag(worker.Graceful)), ("worker_info", worker.WorkerInfo.Json.GetRawText()), ("version", worker.Version), ("last_seen", Micros(worker.LastSeen)));

    private static IEnumerable<OldRow> RowsBeside(Worker worker) =>
    [
        .. worker.ConnectedTo.Select(master => new OldRow("worker_connections", ("worker_id", worker.WorkerId), ("master_id", master.MasterId))),
        .. worker.ConfiguredOn.Select(place => new OldRow("configured_workers", ("worker_id", worker.WorkerId), ("builder_id", place.BuilderId), ("master_id", place.MasterId))),
    ];

    private static IEnumerable<OldRow> Rows(SourceStamp stamp)
    {
        if (stamp.Patch is { } patch)
        {
            yield return new OldRow(
                "patches", ("id", patch.PatchId), ("level", patch.Level), ("subdir", patch.Subdir), ("author", patch.Author), ("comment", patch.Comment), ("body", patch.Body));
        }

        yield return new OldRow(
            "sourcestamps", ("id", stamp.SourceStampId), ("branch", stamp.Branch), ("revision", stamp.Revision), ("repository", stamp.Repository), ("project", stamp.Project),
            ("codebase", stamp.Codebase), ("created_at", Micros(stamp.CreatedAt)), ("patch_id", stamp.Patch?.PatchId), ("key_hash", stamp.Patch is null ? KeyHash(stamp) : null));
    }

    private static IEnumerable<OldRow> Rows(OldData data, Buildset buildset) =>
    [
        new OldRow(
            "buildsets", ("id", buildset.BuildsetId), ("scheduler", buildset.Scheduler), ("external_idstring", buildset.ExternalIdString), ("reason", buildset.Reason),
            ("submitted_at", Micros(buildset.SubmittedAt)), ("complete", Flag(buildset.Complete)), ("complete_at", Micros(buildset.CompleteAt)), ("results", (long?)buildset.Results),
            ("parent_relationship", buildset.ParentRelationship), ("unique_key", data.UniqueKeys.GetValueOrDefault(buildset.BuildsetId))),
        .. buildset.SourceStamps.Select(stamp => new OldRow("buildset_sourcestamps", ("buildset_id", buildset.BuildsetId), ("sourcestamp_id", stamp.SourceStampId))),
        .. buildset.Properties!.Select(property => new OldRow(
            "buildset_properties", ("buildset_id", buildset.BuildsetId), ("name", property.Key), ("value", property.Value.Value.GetRawText()), ("source", property.Value.Source))),
    ];

    private static OldRow Row(OldData data, BuildRequest request) => new(
        "buildrequests", ("id", request.BuildRequestId), ("buildset_id", request.BuildsetId), ("builder_id", request.BuilderId), ("priority", request.Priority),
        ("claimed_at", Micros(request.ClaimedAt)), ("claimed_by", request.ClaimedByMasterId), ("complete", Flag(request.Complete)), ("complete_at", Micros(request.CompleteAt)),
        ("results", (long?)request.Results), ("submitted_at", Micros(request.SubmittedAt)), ("waited_for", Flag(request.WaitedFor)),
        ("collapse_key", data.BuildsetOf(request).SourceStamps.Count == 0 ? null : $"same:{request.BuildRequestId}"), ("replaced_by", request.ReplacedByBuildRequestId),
        ("cancel_requested_at", Micros(request.CancelRequestedAt)), ("cancel_reason", request.CancelReason));

    private static IEnumerable<OldRow> Rows(OldData data, Build build)
    {
        IReadOnlyList<SourceStamp> stamps = data.BuildsetOf(data.RequestOf(build)).SourceStamps;
        IEnumerable<string> branches = stamps.Select(stamp => stamp.Branch).OfType<string>().Select(First64);
        string[] terms =
        [
            .. branches.Select(branch => $"branch/{branch}"), .. branches.Select(branch => string.Create(CultureInfo.InvariantCulture, $"builder/{build.BuilderId}/branch/{branch}")),
            .. stamps.Select(stamp => string.Create(CultureInfo.InvariantCulture, $"sourcestamp/{stamp.SourceStampId}")),
        ];
        return
        [
            new OldRow(
                "builds", ("id", build.BuildId), ("number", build.Number), ("builder_id", build.BuilderId), ("buildrequest_id", build.BuildRequestId), ("worker_id", build.WorkerId),
                ("master_id", build.MasterId), ("started_at", Micros(build.StartedAt)), ("complete", Flag(build.Complete)), ("complete_at", Micros(build.CompleteAt)),
                ("locks_duration_s", build.LocksDurationSeconds), ("state_string", build.StateString), ("results", (long?)build.Results), ("buildset_id", build.BuildsetId),
                ("cancel_requested_at", Micros(build.CancelRequestedAt)), ("cancel_reason", build.CancelReason)),
            .. terms.Distinct().Select(term => new OldRow("build_terms", ("term", term), ("build_id", build.BuildId))),
            .. build.Properties.Select(property => new OldRow(
                "build_properties", ("build_id", build.BuildId), ("name", property.Key), ("value", property.Value.Value.GetRawText()), ("source", property.Value.Source))),
        ];
    }

    private static OldRow Row(OldData data, Step step) => new(
        "steps", ("id", step.StepId), ("build_id", step.BuildId), ("builder_id", data.Builds.Single(build => build.BuildId == step.BuildId).BuilderId), ("number", step.Number),
        ("name", step.Name), ("title", step.Title), ("started_at", Micros(step.StartedAt)), ("locks_acquired_at", Micros(step.LocksAcquiredAt)), ("complete", Flag(step.Complete)),
        ("complete_at", Micros(step.CompleteAt)), ("state_string", step.StateString), ("results", (long?)step.Results),
        ("urls", step.Urls.Count == 0 ? null : JsonSerializer.Serialize(step.Urls.Select(url => new { name = url.Name, url = url.Url }))), ("hidden", Flag(step.Hidden)),
        ("started_at_given", step.StepId % 2));

    private static IEnumerable<OldRow> Rows(OldLog log) =>
    [
        new OldRow(
            "logs", ("id", log.Log.LogId), ("step_id", log.Log.StepId), ("build_id", log.Log.BuildId), ("builder_id", log.BuilderId), ("name", log.Log.Name), ("slug", log.Log.Slug),
            ("type", log.Log.Type == LogType.Html ? "h" : "t"), ("complete", Flag(log.Log.Complete)), ("complete_at", Micros(log.Log.CompleteAt)), ("num_lines", log.Log.NumLines),
            ("num_bytes", log.Log.NumBytes), ("num_replaced", log.Log.NumReplaced), ("stored_bytes", log.StoredBytes), ("merged_lines", log.Log.NumLines)),
        .. log.Chunks.Select(chunk => new OldRow(
            "log_chunks", ("log_id", log.Log.LogId), ("first_line", chunk.FirstLine), ("last_line", chunk.LastLine), ("num_bytes", (long)Encoding.UTF8.GetByteCount(chunk.Text)),
            ("encoding", Flag(chunk.IsCompressed)), ("content", chunk.Content))),
    ];
}
