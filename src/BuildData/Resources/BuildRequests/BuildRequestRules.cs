using BuildData.Resources.Builds;
using BuildData.Stores;

namespace BuildData.Resources.BuildRequests;

/// <summary>Decides whether a build request can be claimed, released or completed.</summary>
internal static class BuildRequestRules
{
    /// <summary>Returns the reason why a master can't claim a request; null if the master can claim the request.</summary>
    public static BuildRequestRefusal? FindClaimRefusal(BuildRequest request, long masterId) => request switch
    {
        { Complete: true } => BuildRequestRefusal.Complete,
        { Claimed: true } when request.ClaimedByMasterId == masterId => BuildRequestRefusal.ClaimedByThisMaster,
        { Claimed: true } => BuildRequestRefusal.ClaimedByAnotherMaster,
        _ => null,
    };

    /// <summary>Returns the reason why a master can't complete a request; null if the master can complete the request.</summary>
    /// <param name="request">The request; null if it does not exist.</param>
    /// <param name="masterId">The id of the master.</param>
    /// <param name="force">Whether the master may complete a request that another master has claimed.</param>
    public static BuildRequestRefusal? FindCompletionRefusal(BuildRequest? request, long masterId, bool force) => request switch
    {
        null => BuildRequestRefusal.Unknown,
        { Complete: true } => BuildRequestRefusal.Complete,
        { Claimed: true } when request.ClaimedByMasterId != masterId && !force => BuildRequestRefusal.ClaimedByAnotherMaster,
        _ => null,
    };

    /// <summary>Checks whether this master can release its claim on a request.</summary>
    /// <exception cref="UpdateRefusedException">A build of the request still runs.</exception>
    public static async ValueTask RequireCanUnclaim(UpdateContext context, BuildRequest request)
    {
        if (context.Options.Lifecycle == Lifecycle.Strict)
            await RequireNoRunningBuild(context, request, "can't be released").ConfigureAwait(false);
    }

    /// <summary>Checks whether this master can complete a request.</summary>
    /// <exception cref="UpdateRefusedException">This master has not claimed the request, or a build of the request still runs.</exception>
    public static async ValueTask RequireCanComplete(UpdateContext context, BuildRequest request)
    {
        if (context.Options.Lifecycle != Lifecycle.Strict)
            return;
        if (!request.Claimed)
            throw Refuse(request, "is not claimed, so it can't be completed. Claim it first, or cancel it.");
        await RequireNoRunningBuild(context, request, "can't be completed").ConfigureAwait(false);
    }

    private static async ValueTask RequireNoRunningBuild(UpdateContext context, BuildRequest request, string consequence)
    {
        if (await BuildTable.FindIncompleteIds(context, request.BuildRequestId).ConfigureAwait(false) is [long running, ..])
            throw Refuse(request, $"{consequence}, because its build {running} still runs. Finish that build first.");
    }

    private static UpdateRefusedException Refuse(BuildRequest request, string reason) =>
        new(BuildRequestDefinition.Instance.Kind, request.BuildRequestId, $"The build request {request.BuildRequestId} {reason}");
}
