namespace BuildData.Resources.BuildRequests;

/// <summary>Decides which updates a build request refuses.</summary>
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
    /// <param name="request">The request; null if there is none.</param>
    /// <param name="masterId">The master that is to complete it.</param>
    /// <param name="force">Whether another master's claim does not count.</param>
    public static BuildRequestRefusal? AgainstCompleting(BuildRequest? request, long masterId, bool force) => request switch
    {
        null => BuildRequestRefusal.Unknown,
        { Complete: true } => BuildRequestRefusal.Complete,
        { Claimed: true } when request.ClaimedByMasterId != masterId && !force => BuildRequestRefusal.ClaimedByAnotherMaster,
        _ => null,
    };
}
