namespace BuildData.Measuring;

/// <summary>Represents a build request that is not complete.</summary>
/// <param name="Builder">The name of its builder.</param>
/// <param name="IsClaimed">Whether a master has claimed it.</param>
/// <param name="WaitsSince">
/// The time since which it has waited for a build: when it was submitted, or when its claim was released. Null if a build has started since.
/// </param>
internal sealed record OpenRequest(string Builder, bool IsClaimed, DateTimeOffset? WaitsSince);
