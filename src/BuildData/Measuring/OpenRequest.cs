namespace BuildData.Measuring;

/// <summary>Represents a build request that is not complete.</summary>
/// <param name="Builder">The name of the request's builder.</param>
/// <param name="IsClaimed">Whether a master has claimed the request.</param>
/// <param name="WaitsSince">
/// The time since which the request has waited for a build. This is the time when the request was submitted, or when its claim was
/// released. Null if a build has started since that time.
/// </param>
internal sealed record OpenRequest(string Builder, bool IsClaimed, DateTimeOffset? WaitsSince);
