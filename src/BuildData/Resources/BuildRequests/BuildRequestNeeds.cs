namespace BuildData.Resources.BuildRequests;

/// <summary>Represents the need to read a build request without a lock.</summary>
internal sealed record UnlockedRequest(long BuildRequestId);

/// <summary>Represents the need to complete the build requests that the update locks, and possibly their buildsets.</summary>
internal sealed record Completion
{
    public static readonly Completion Instance = new();
}
