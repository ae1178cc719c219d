namespace BuildData.Measuring;

/// <summary>
/// Tracks the build requests that are not complete. Knows which of them wait for a claim, and how long each of them has waited for a build.
/// Not thread-safe.
/// </summary>
/// <param name="names">The names of builders. The caller must have looked up the names of the builders of all requests.</param>
/// <param name="meter">Measures how many requests wait; null if nothing is measured.</param>
internal sealed class IncompleteRequestTracker(BuilderNameCache names, BuildMeter? meter)
{
    private Dictionary<long, OpenRequest> _requests = [];

    /// <summary>
    /// Returns the time since which a build request has waited for a build that has now started. Null if this time is unknown, or if the
    /// request has not waited. For example, a request does not wait for a second build after the same claim.
    /// </summary>
    public DateTimeOffset? RemoveAndGetWaitStart(long buildRequestId)
    {
        if (!_requests.TryGetValue(buildRequestId, out OpenRequest? request))
            return null;

        _requests[buildRequestId] = request with { WaitsSince = null };
        return request.WaitsSince;
    }

    /// <summary>Adds a request, unless this object already contains the request. Called for a request whose events were missed.</summary>
    public void AddIfUnknown(BuildRequest request) =>
        _requests.TryAdd(request.BuildRequestId, new OpenRequest(names.GetLoadedOrId(request.BuilderId), request.Claimed, request.SubmittedAt));

    /// <summary>Replaces all requests by the requests of a snapshot.</summary>
    /// <param name="requests">The requests that are not complete.</param>
    /// <param name="isFirst">
    /// Whether this is the first snapshot. The first snapshot does not show whether a claimed request has already had a build.
    /// </param>
    public void Replace(IReadOnlyList<BuildRequest> requests, bool isFirst)
    {
        Dictionary<long, OpenRequest> before = _requests;
        _requests = requests.ToDictionary(
            request => request.BuildRequestId,
            request => new OpenRequest(
                names.GetLoadedOrId(request.BuilderId),
                request.Claimed,
                before.TryGetValue(request.BuildRequestId, out OpenRequest? known) ? known.WaitsSince : request.Claimed && isFirst ? null : request.SubmittedAt));
        meter?.ReplaceWaiting(_requests.Values.Where(request => !request.IsClaimed).Select(request => request.Builder));
    }

    /// <summary>Applies the event of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="e">The event.</param>
    public void Apply(BuildRequest request, DataEvent e)
    {
        long id = request.BuildRequestId;
        _requests.TryGetValue(id, out OpenRequest? before);
        string builder = names.GetLoadedOrId(request.BuilderId);
        if (request.Complete)
            _requests.Remove(id);
        else
        {
            DateTimeOffset? waitsSince = e.Name switch { "new" => request.SubmittedAt, "unclaimed" => e.At, _ => before?.WaitsSince };
            _requests[id] = new OpenRequest(builder, request.Claimed, waitsSince);
        }

        bool isWaiting = !request.Claimed && !request.Complete;
        if (isWaiting != before is { IsClaimed: false })
            meter?.ChangeWaiting(builder, isWaiting ? 1 : -1);
    }

    /// <summary>Forgets all requests.</summary>
    public void Clear() => _requests.Clear();
}
