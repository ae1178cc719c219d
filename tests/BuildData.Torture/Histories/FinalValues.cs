using BuildData.Torture.Model;

namespace BuildData.Torture.Histories;

/// <summary>
/// Finds early that a state can't become what is stored, because of a value that no call changes again: what a resource is created with, and
/// how it is completed.
/// </summary>
/// <remarks>
/// Calls of different callers add requests that replace each other. If the search has chosen a wrong order of two such calls, one of these
/// values differs at once. Other calls may change the rest of the requests for long.
/// </remarks>
internal sealed class FinalValues
{
    private readonly Dictionary<string, BuildsetState> _buildsets;
    private readonly Dictionary<long, RequestState> _requests;
    private readonly Dictionary<long, BuildState> _builds;
    private readonly Dictionary<long, StepState> _steps;

    /// <param name="observed">What is stored in the end.</param>
    public FinalValues(ProjectState observed)
    {
        _buildsets = observed.Buildsets.ToDictionary(buildset => buildset.Reason, StringComparer.Ordinal);
        _requests = observed.Requests.ToDictionary(request => request.Id);
        _builds = observed.Builds.ToDictionary(build => build.Id);
        _steps = observed.Steps.ToDictionary(step => step.Id);
    }

    /// <summary>Describes the first resource that differs among those that a call has changed; null if there is none.</summary>
    /// <param name="before">The state before the call.</param>
    /// <param name="after">The state after it.</param>
    public string? FindDifference(ProjectState before, ProjectState after)
    {
        foreach (BuildsetState buildset in Changed(before.Buildsets, after.Buildsets))
        {
            if (!_buildsets.TryGetValue(buildset.Reason, out BuildsetState? stored) || (buildset.Complete && buildset.Results != stored.Results))
                return Describe($"buildset {buildset.Reason}", buildset, stored);
            foreach (RequestState request in buildset.Requests)
            {
                if (FindDifference(request) is { } difference)
                    return difference;
            }
        }

        return null;
    }

    private string? FindDifference(RequestState request)
    {
        if (request.Id > 0 && (!_requests.TryGetValue(request.Id, out RequestState? stored) || Differs(request, stored)))
            return Describe($"request {request.Id}", request, _requests.GetValueOrDefault(request.Id));
        foreach (BuildState build in request.Builds)
        {
            if (build.Id > 0 && (!_builds.TryGetValue(build.Id, out BuildState? other) || Differs(build, other)))
                return Describe($"build {build.Id}", build, _builds.GetValueOrDefault(build.Id));
            if (build.Steps.FirstOrDefault(step => step.Id > 0 && _steps.GetValueOrDefault(step.Id)?.Name != step.Name) is { } renamed)
                return Describe($"step {renamed.Id}", renamed, _steps.GetValueOrDefault(renamed.Id));
        }

        return null;
    }

    private static bool Differs(RequestState request, RequestState stored) =>
        request.Priority != stored.Priority
        || Differs(request.CancelReason, stored.CancelReason)
        || (request.Complete && (request.Results != stored.Results || request.ClaimedBy != stored.ClaimedBy))
        || (request.ReplacedBy is > 0 && request.ReplacedBy != stored.ReplacedBy);

    private static bool Differs(BuildState build, BuildState stored) =>
        build.Number != stored.Number || build.WorkerId != stored.WorkerId || build.MasterId != stored.MasterId || Differs(build.CancelReason, stored.CancelReason);

    private static bool Differs(string? reason, string? stored) => reason is not null && reason != stored;

    // Buildsets are only added at the end, and an unchanged one is the same object.
    private static IEnumerable<BuildsetState> Changed(ValueList<BuildsetState> before, ValueList<BuildsetState> after) =>
        after.Where((buildset, i) => i >= before.Count || !ReferenceEquals(buildset, before[i]));

    private static string Describe(string name, object expected, object? stored) => $"{name}: {expected}, but what is stored is {stored ?? "nothing"}.";
}
