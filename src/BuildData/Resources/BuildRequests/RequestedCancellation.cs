namespace BuildData;

/// <summary>
/// Lists the requests and builds that a call of <see cref="Updates.CancelBuildRequests"/> or <see cref="Updates.CancelBuildset"/> has
/// changed.
/// </summary>
/// <param name="CompletedBuildRequestIds">The ids of the waiting requests that the call has completed as <see cref="BuildResult.Cancelled"/>.</param>
/// <param name="RequestedBuildRequestIds">
/// The ids of the claimed requests whose cancellation is now requested. The program that has claimed such a request must end the builds of
/// the request, and complete the request.
/// </param>
/// <param name="BuildIds">The ids of the running builds whose cancellation is now requested.</param>
public sealed record RequestedCancellation(
    IReadOnlyList<long> CompletedBuildRequestIds, IReadOnlyList<long> RequestedBuildRequestIds, IReadOnlyList<long> BuildIds);
