namespace BuildData;

/// <summary>Reads and writes build requests within an update.</summary>
internal static class BuildRequestRows
{
    public static async ValueTask<BuildRequest> Find(UpdateScope scope, long buildRequestId) =>
        await FindOrNull(scope, buildRequestId).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(Catalog.BuildRequests.Kind, buildRequestId);

    public static async ValueTask<BuildRequest?> FindOrNull(UpdateScope scope, long buildRequestId)
    {
        if (scope.Held.BuildRequests.TryGetValue(buildRequestId, out BuildRequest? held))
            return held;

        BuildRequest? request = await new BuildRequestById(buildRequestId)
            .Read(scope.Session, BoundSpec.ForUpdate, CancellationToken.None).ConfigureAwait(false);
        return request is null ? null : Hold(scope, request);
    }

    /// <summary>Reads a request for what never changes, without a lock.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such build request.</exception>
    public static ValueTask<BuildRequest> Read(UpdateScope scope, long buildRequestId)
    {
        if (!scope.Session.Dialect.HasSeveralWriters)
            return Find(scope, buildRequestId);

        return scope.Held.BuildRequests.TryGetValue(buildRequestId, out BuildRequest? held)
            || scope.Held.ReadRequests.TryGetValue(buildRequestId, out held)
            ? new ValueTask<BuildRequest>(held)
            : scope.Find(new BuildRequestById(buildRequestId), buildRequestId);
    }

    public static async ValueTask<BuildRequest> Insert(UpdateScope scope, BuildRequest request, string? collapseKey)
    {
        long id = await scope.Session.Insert(
            "buildrequests",
            """
            INSERT INTO buildrequests (id, buildset_id, builder_id, priority, complete, submitted_at, waited_for, collapse_key)
            VALUES ($1, $2, $3, $4, 0, $5, $6, $7)
            """,
            request.BuildsetId, request.BuilderId, request.Priority, request.SubmittedAt, request.WaitedFor, collapseKey)
            .ConfigureAwait(false);
        request = request with { BuildRequestId = id };
        if (collapseKey is not null)
            scope.Held.Waiting.GetValueOrDefault((request.BuilderId, collapseKey))?.Add(id);
        return Hold(scope, request);
    }

    /// <summary>Claims a request, at a given time or else now.</summary>
    public static async ValueTask<BuildRequest> Claim(UpdateScope scope, BuildRequest request, DateTimeOffset? claimedAt)
    {
        request = request with
        {
            Claimed = true,
            ClaimedAt = claimedAt ?? scope.NowNotBefore(request.SubmittedAt),
            ClaimedByMasterId = scope.MasterId,
        };
        await WriteClaim(scope, request).ConfigureAwait(false);
        await Announce(scope, request, "claimed").ConfigureAwait(false);
        return request;
    }

    public static async ValueTask Unclaim(UpdateScope scope, BuildRequest request)
    {
        request = request with { Claimed = false, ClaimedAt = null, ClaimedByMasterId = null };
        await WriteClaim(scope, request).ConfigureAwait(false);
        await Announce(scope, request, "unclaimed").ConfigureAwait(false);
    }

    /// <summary>Completes a request, at a given time or else now.</summary>
    public static async ValueTask Complete(UpdateScope scope, BuildRequest request, BuildResult results, DateTimeOffset? completeAt)
    {
        request = request with { Complete = true, CompleteAt = completeAt ?? scope.NowNotBefore(request.SubmittedAt), Results = results };
        await scope.Session.Execute(
            "UPDATE buildrequests SET complete = 1, complete_at = $2, results = $3, replaced_by = $4 WHERE id = $1",
            request.BuildRequestId, request.CompleteAt, request.Results, request.ReplacedByBuildRequestId).ConfigureAwait(false);
        await Announce(scope, request, "complete").ConfigureAwait(false);
        Hold(scope, request);
        scope.Held.Complete(request);
    }

    /// <summary>Claims a request and completes it as Skipped, because a newer one replaces it.</summary>
    public static async ValueTask Skip(UpdateScope scope, BuildRequest request, long replacedBy)
    {
        request = await Claim(scope, request, claimedAt: null).ConfigureAwait(false);
        await Complete(scope, request with { ReplacedByBuildRequestId = replacedBy }, BuildResult.Skipped, completeAt: null).ConfigureAwait(false);
    }

    public static async ValueTask Announce(UpdateScope scope, BuildRequest request, string eventName)
    {
        PropertyMap? properties = scope.WantsProperties
            ? await BuildsetRows.Properties(scope, request.BuildsetId).ConfigureAwait(false)
            : null;
        scope.Announce(Catalog.BuildRequests, eventName, request, request.BuildRequestId, properties);
    }

    private static async ValueTask WriteClaim(UpdateScope scope, BuildRequest request)
    {
        await scope.Session.Execute(
            "UPDATE buildrequests SET claimed_at = $2, claimed_by = $3 WHERE id = $1",
            request.BuildRequestId, request.ClaimedAt, request.ClaimedByMasterId).ConfigureAwait(false);
        Hold(scope, request);
    }

    private static BuildRequest Hold(UpdateScope scope, BuildRequest request)
    {
        scope.Held.BuildRequests[request.BuildRequestId] = request;
        return request;
    }
}
