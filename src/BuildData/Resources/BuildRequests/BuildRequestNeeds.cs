namespace BuildData.Resources.BuildRequests;

/// <summary>Represents the need of an update to read a build request without a lock.</summary>
internal sealed record UnlockedRequestNeed(long BuildRequestId);

/// <summary>Represents the need of an update that completes the build requests that it locks. Their buildsets are locked too, because they may become complete.</summary>
internal sealed record RequestCompletionNeed
{
    public static readonly RequestCompletionNeed Instance = new();
}
