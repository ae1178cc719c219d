using System.Text.RegularExpressions;

namespace BuildData.Torture.Model;

/// <summary>Gives the resources of a model, whose ids nobody knows, the ids that they have in the store.</summary>
internal static partial class UnknownIds
{
    /// <summary>Returns whether a text of the model is the same as what a query returned, where an unknown id stands for any id.</summary>
    public static bool Match(string? expected, string? actual) =>
        expected == actual
        || (expected is not null && actual is not null && UnknownId().IsMatch(expected) && Regex.IsMatch(actual, $"^{UnknownId().Replace(Regex.Escape(expected), "#[0-9]+")}$"));

    /// <summary>Returns the expected state with the ids of the observed one.</summary>
    public static ProjectState Replace(ProjectState expected, ProjectState observed)
    {
        if (expected.NextUnknownId == observed.NextUnknownId)
            return expected;
        Dictionary<long, long> ids = Find(expected, observed);
        return ids.Count == 0 ? expected : Replace(expected, ids);
    }

    private static Dictionary<long, long> Find(ProjectState expected, ProjectState observed)
    {
        var ids = new Dictionary<long, long>();
        foreach (BuilderState builder in expected.Builders)
            Match(builder.Id, observed.Builders.FirstOrDefault(other => other.Name == builder.Name)?.Id);
        if (expected.Worker is { } worker)
            Match(worker.Id, observed.Worker?.Id);
        foreach (BuildsetState buildset in expected.Buildsets)
        {
            BuildsetState? other = observed.Buildsets.FirstOrDefault(other => other.Reason == buildset.Reason);
            Match(buildset.Id, other?.Id);
            foreach (RequestState request in buildset.Requests)
                FindIn(request, other?.Requests.FirstOrDefault(found => found.BuilderId == ids.GetValueOrDefault(request.BuilderId, request.BuilderId)));
        }

        return ids;

        void FindIn(RequestState request, RequestState? other)
        {
            Match(request.Id, other?.Id);
            foreach (BuildState build in request.Builds)
            {
                BuildState? found = other?.Builds.FirstOrDefault(found => found.Number == build.Number);
                Match(build.Id, found?.Id);
                for (int i = 0; i < build.Steps.Count; i++)
                {
                    StepState? step = found?.Steps.ElementAtOrDefault(i);
                    Match(build.Steps[i].Id, step?.Id);
                    foreach (LogState log in build.Steps[i].Logs)
                        Match(log.Id, step?.Logs.FirstOrDefault(candidate => candidate.Slug == log.Slug)?.Id);
                }
            }
        }

        void Match(long id, long? found)
        {
            if (id < 0 && found is { } known)
                ids[id] = known;
        }
    }

    private static ProjectState Replace(ProjectState state, Dictionary<long, long> ids)
    {
        return state with
        {
            Builders = state.Builders.ChangeAll(builder => builder with { Id = Id(builder.Id) }),
            Worker = state.Worker is { } worker ? worker with { Id = Id(worker.Id) } : null,
            Buildsets = state.Buildsets.ChangeAll(buildset => buildset with { Id = Id(buildset.Id), Requests = buildset.Requests.ChangeAll(ReplaceIn) }),
        };

        RequestState ReplaceIn(RequestState request) => request with
        {
            Id = Id(request.Id),
            BuilderId = Id(request.BuilderId),
            ReplacedBy = request.ReplacedBy is { } newer ? Id(newer) : null,
            Builds = request.Builds.ChangeAll(build => build with
            {
                Id = Id(build.Id),
                Steps = build.Steps.ChangeAll(step => step with { Id = Id(step.Id), Logs = step.Logs.ChangeAll(log => log with { Id = Id(log.Id) }) }),
            }),
        };

        long Id(long id) => ids.GetValueOrDefault(id, id);
    }

    // An escaped # has a backslash before it.
    [GeneratedRegex(@"\\?#-[0-9]+")]
    private static partial Regex UnknownId();
}
