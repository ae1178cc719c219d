using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BuildData;

/// <summary>
/// Reports whether <see cref="Updates.ClaimBuildRequests"/> or <see cref="Updates.CompleteBuildRequests"/> changed the build requests. If
/// the call changed no request, the result holds the id of the request that prevented the change, and the reason. A result converts to
/// <see cref="bool"/>: <c>if (await updates.ClaimBuildRequests([id]))</c>.
/// </summary>
public readonly record struct BuildRequestsResult
{
    internal BuildRequestsResult(long buildRequestId, BuildRequestRefusal reason)
    {
        BuildRequestId = buildRequestId;
        Reason = reason;
    }

    internal static BuildRequestsResult Success => default;

    /// <summary>Gets whether the call changed the build requests. A call changes either all of them or none.</summary>
    [MemberNotNullWhen(false, nameof(BuildRequestId), nameof(Reason))]
    public bool Succeeded => Reason is null;

    /// <summary>Gets the id of the first build request that prevented the change; null if the call changed the requests.</summary>
    public long? BuildRequestId { get; }

    /// <summary>
    /// Gets why the build request with the id <see cref="BuildRequestId"/> prevented the change; null if the call changed the requests.
    /// </summary>
    public BuildRequestRefusal? Reason { get; }

#pragma warning disable CA2225 // The named alternate of this conversion is Succeeded.
    /// <summary>Returns <see cref="Succeeded"/>.</summary>
    public static implicit operator bool(BuildRequestsResult result) => result.Succeeded;
#pragma warning restore CA2225

    /// <summary>Returns a sentence such as <c>Build request 7 is complete.</c></summary>
    public override string ToString() => Reason switch
    {
        null => "All build requests were changed.",
        BuildRequestRefusal.Unknown => Sentence("does not exist"),
        BuildRequestRefusal.Complete => Sentence("is complete"),
        BuildRequestRefusal.ClaimedByThisMaster => Sentence("is claimed by this master"),
        _ => Sentence("is claimed by another master"),
    };

    private string Sentence(string predicate) => string.Create(CultureInfo.InvariantCulture, $"Build request {BuildRequestId} {predicate}.");
}
