namespace BuildData.Resources.BuildRequests;

/// <summary>Decides whether a build request can be claimed or completed.</summary>
internal static class BuildRequestRules
{
    /// <summary>Returns why a request can't be claimed; null if it can.</summary>
    public static BuildRequestRefusal? AgainstClaiming(BuildRequest request, long masterId) => request switch
    {
        { Complete: true } => BuildRequestRefusal.Complete,
        { Claimed: true } when request.ClaimedByMasterId == masterId => BuildRequestRefusal.ClaimedByThisMaster,
        { Claimed: true } => BuildRequestRefusal.ClaimedByAnotherMaster,
        _ => null,
    };

    /// <summary>Returns why a request can't be completed; null if it can.</summary>
    /// <param name="request">The request; null if it does not exist.</param>
    /// <param name="masterId">The master that completes the request.</param>
    /// <param name="force">Whether to ignore the claim of another master.</param>
    public static BuildRequestRefusal? AgainstCompleting(BuildRequest? request, long masterId, bool force) => request switch
    {
        null => BuildRequestRefusal.Unknown,
        { Complete: true } => BuildRequestRefusal.Complete,
        { Claimed: true } when request.ClaimedByMasterId != masterId && !force => BuildRequestRefusal.ClaimedByAnotherMaster,
        _ => null,
    };
}
