namespace BuildData.Resources.BuildRequests;

/// <summary>Decides whether a build request can be claimed or completed.</summary>
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
}
