using BuildData.Queries;
using BuildData.Resources.Buildsets;
using BuildData.Stores;
using BuildData.Updating;

namespace BuildData.Resources.BuildRequests;

/// <summary>Reads and writes build requests within an update.</summary>
internal static class BuildRequestTable
{
    /// <summary>Returns a request, and locks the request's row.</summary>
    /// <exception cref="ResourceNotFoundException">There is no such build request.</exception>
    public static async ValueTask<BuildRequest> GetForUpdate(UpdateContext context, long buildRequestId) =>
        await TryGetForUpdate(context, buildRequestId).ConfigureAwait(false)
        ?? throw new ResourceNotFoundException(BuildRequestDefinition.Instance.Kind, buildRequestId);

    /// <summary>Returns a request, and locks the request's row. Returns null if there is no such request.</summary>
    public static async ValueTask<BuildRequest?> TryGetForUpdate(UpdateContext context, long buildRequestId)
    {
        if (Cache(context).Requests.TryGet(buildRequestId, out BuildRequest? cached))
            return cached;

        BuildRequest? request = await new BuildRequestById(buildRequestId)
            .Read(context.Session, ValidatedSpec.ForUpdate, CancellationToken.None).ConfigureAwait(false);
        return request is null ? null : AddToCache(context, request);
    }

    /// <summary>Inserts the row of a build request, and returns the request with its new id. Does not announce an event.</summary>
    public static async ValueTask<BuildRequest> Insert(UpdateContext context, BuildRequest request, string? collapseKey)
    {
        long id = await context.Session.Insert(
            "buildrequests",
            """
            INSERT INTO buildrequests (id, buildset_id, builder_id, priority, complete, submitted_at, waited_for, collapse_key)
            VALUES ($1, $2, $3, $4, 0, $5, $6, $7)
            """,
            request.BuildsetId, request.BuilderId, request.Priority, request.SubmittedAt, request.WaitedFor, collapseKey)
            .ConfigureAwait(false);
        request = request with { BuildRequestId = id };
        if (collapseKey is not null)
            Cache(context).WaitingRequestIds.Find((request.BuilderId, collapseKey))?.Add(id);
        return AddToCache(context, request);
    }

    /// <summary>
    /// Claims a request for this master, and announces the event <c>claimed</c>. If <paramref name="claimedAt"/> is null, the time of
    /// the claim is the current time.
    /// </summary>
    public static async ValueTask<BuildRequest> Claim(UpdateContext context, BuildRequest request, DateTimeOffset? claimedAt)
    {
        request = request with
        {
            Claimed = true,
            ClaimedAt = claimedAt ?? context.NowButNotBefore(request.SubmittedAt),
            ClaimedByMasterId = context.MasterId,
        };
        await WriteClaim(context, request).ConfigureAwait(false);
        await Announce(context, request, "claimed").ConfigureAwait(false);
        return request;
    }

    /// <summary>Releases the claim on a request, and announces the event <c>unclaimed</c>.</summary>
    public static async ValueTask Unclaim(UpdateContext context, BuildRequest request)
    {
        request = request with { Claimed = false, ClaimedAt = null, ClaimedByMasterId = null };
        await WriteClaim(context, request).ConfigureAwait(false);
        await Announce(context, request, "unclaimed").ConfigureAwait(false);
    }

    /// <summary>
    /// Releases the claim on a request. If the cancellation of the request was requested, completes the request as Cancelled instead. The
    /// reason is that a released request would wait, and that the cancellation of a waiting request completes it at once.
    /// </summary>
    public static async ValueTask ReleaseOrCancel(UpdateContext context, BuildRequest request)
    {
        if (request.CancelRequestedAt is null)
        {
            await Unclaim(context, request).ConfigureAwait(false);
            return;
        }

        await Complete(context, request, BuildResult.Cancelled, completeAt: null).ConfigureAwait(false);
        await BuildsetTable.CompleteIfDone(context, request.BuildsetId).ConfigureAwait(false);
    }

    /// <summary>Records that the cancellation of a claimed request was requested, and announces the event <c>cancel</c>.</summary>
    public static async ValueTask RequestCancellation(UpdateContext context, BuildRequest request, string reason)
    {
        request = request with { CancelRequestedAt = context.NowButNotBefore(request.SubmittedAt), CancelReason = reason };
        await WriteCancellation(context, request).ConfigureAwait(false);
        await Announce(context, request, "cancel").ConfigureAwait(false);
    }

    /// <summary>Completes a waiting request with the result Cancelled. Does not complete the request's buildset.</summary>
    public static async ValueTask CancelWaiting(UpdateContext context, BuildRequest request, string reason)
    {
        request = request with { CancelRequestedAt = context.NowButNotBefore(request.SubmittedAt), CancelReason = reason };
        await WriteCancellation(context, request).ConfigureAwait(false);
        await Complete(context, request, BuildResult.Cancelled, completeAt: null).ConfigureAwait(false);
    }

    /// <summary>
    /// Completes a request, and announces the event <c>complete</c>. If <paramref name="completeAt"/> is null, the completion time is
    /// the current time. Does not complete the request's buildset.
    /// </summary>
    public static async ValueTask Complete(UpdateContext context, BuildRequest request, BuildResult results, DateTimeOffset? completeAt)
    {
        request = request with { Complete = true, CompleteAt = completeAt ?? context.NowButNotBefore(request.SubmittedAt), Results = results };
        await context.Session.Execute(
            "UPDATE buildrequests SET complete = 1, complete_at = $2, results = $3, replaced_by = $4 WHERE id = $1",
            request.BuildRequestId, request.CompleteAt, request.Results, request.ReplacedByBuildRequestId).ConfigureAwait(false);
        await Announce(context, request, "complete").ConfigureAwait(false);
        AddToCache(context, request);
        Cache(context).Requests.EvictForLaterTransactions(request.BuildRequestId);
        context.Cache.GetPart<BuildsetCache>().Progress.Find(request.BuildsetId)?.RecordCompletion(results);
    }

    /// <summary>
    /// Claims a waiting request, and completes it with the result Skipped. The newer request with the id <paramref name="replacedBy"/>
    /// replaces it.
    /// </summary>
    public static async ValueTask Skip(UpdateContext context, BuildRequest request, long replacedBy)
    {
        request = await Claim(context, request, claimedAt: null).ConfigureAwait(false);
        await Complete(context, request with { ReplacedByBuildRequestId = replacedBy }, BuildResult.Skipped, completeAt: null).ConfigureAwait(false);
    }

    /// <summary>
    /// Announces an event of a request. The event includes the properties of the request's buildset, if a subscription or a watch needs
    /// properties.
    /// </summary>
    public static async ValueTask Announce(UpdateContext context, BuildRequest request, string eventName)
    {
        PropertyMap? properties = context.WantsProperties
            ? await BuildsetTable.GetProperties(context, request.BuildsetId).ConfigureAwait(false)
            : null;
        context.Announce(BuildRequestDefinition.Instance, eventName, request, request.BuildRequestId, properties);
    }

    private static async ValueTask WriteClaim(UpdateContext context, BuildRequest request)
    {
        await context.Session.Execute(
            "UPDATE buildrequests SET claimed_at = $2, claimed_by = $3 WHERE id = $1",
            request.BuildRequestId, request.ClaimedAt, request.ClaimedByMasterId).ConfigureAwait(false);
        AddToCache(context, request);
    }

    private static async ValueTask WriteCancellation(UpdateContext context, BuildRequest request)
    {
        await context.Session.Execute(
            "UPDATE buildrequests SET cancel_requested_at = $2, cancel_reason = $3 WHERE id = $1",
            request.BuildRequestId, request.CancelRequestedAt, request.CancelReason).ConfigureAwait(false);
        AddToCache(context, request);
    }

    private static BuildRequestCache Cache(UpdateContext context) => context.Cache.GetPart<BuildRequestCache>();

    private static BuildRequest AddToCache(UpdateContext context, BuildRequest request)
    {
        Cache(context).Requests[request.BuildRequestId] = request;
        return request;
    }
}
