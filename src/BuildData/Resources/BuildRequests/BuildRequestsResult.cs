using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BuildData;

/// <summary>
/// Tells whether <see cref="Updates.ClaimBuildRequests"/> or <see cref="Updates.CompleteBuildRequests"/> changed the build
/// requests and, if not, which of them stood in the way and why. Converts to <see cref="bool"/>:
/// <c>if (await updates.ClaimBuildRequests([id]))</c>.
/// </summary>
public readonly record struct BuildRequestsResult
{
    internal BuildRequestsResult(long buildRequestId, BuildRequestRefusal reason)
    {
        BuildRequestId = buildRequestId;
        Reason = reason;
    }

    internal static BuildRequestsResult Success => default;

    /// <summary>Gets whether all the build requests were changed. If not, none was.</summary>
    [MemberNotNullWhen(false, nameof(BuildRequestId), nameof(Reason))]
    public bool Succeeded => Reason is null;

    /// <summary>Gets the first of the build requests that stood in the way; null on success.</summary>
    public long? BuildRequestId { get; }

    /// <summary>Gets why that build request stood in the way; null on success.</summary>
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
