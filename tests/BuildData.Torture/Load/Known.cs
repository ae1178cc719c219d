using BuildData.Torture.Model;

namespace BuildData.Torture.Load;

/// <summary>The newest ids that the callers of a project know, because a call has returned them. Can be used from any thread.</summary>
internal sealed class Known(string project)
{
    private const int MostIds = 12;

    private readonly Lock _lock = new();
    private readonly List<long> _builders = [];
    private readonly List<long> _buildsets = [];
    private readonly List<(long Id, long Builder)> _requests = [];
    private readonly List<(long Id, long Request)> _builds = [];
    private readonly List<long> _steps = [];
    private readonly List<long> _logs = [];
    private long? _worker;

    public string Project => project;

    /// <summary>Returns the ids of what is stored of a project.</summary>
    public static Known Of(ProjectState state)
    {
        var known = new Known(state.Name) { _worker = state.Worker?.Id };
        known._builders.AddRange(state.Builders.Select(builder => builder.Id));
        known._buildsets.AddRange(state.Buildsets.Select(buildset => buildset.Id));
        known._requests.AddRange(state.Requests.Select(request => (request.Id, request.BuilderId)));
        known._builds.AddRange(state.Requests.SelectMany(request => request.Builds.Select(build => (build.Id, request.Id))));
        known._steps.AddRange(state.Steps.Select(step => step.Id));
        known._logs.AddRange(state.Logs.Select(log => log.Id));
        return known;
    }

    public IReadOnlyList<long> Builders => Copy(_builders);

    public IReadOnlyList<long> Buildsets => Copy(_buildsets);

    public IReadOnlyList<(long Id, long Builder)> Requests => Copy(_requests);

    public IReadOnlyList<(long Id, long Request)> Builds => Copy(_builds);

    public IReadOnlyList<long> Steps => Copy(_steps);

    public IReadOnlyList<long> Logs => Copy(_logs);

    public long? Worker
    {
        get
        {
            lock (_lock)
                return _worker;
        }
    }

    /// <summary>Takes note of what a call has returned.</summary>
    public void Learn(Operation operation, Outcome outcome)
    {
        if (outcome.Kind != OutcomeKind.Returned)
            return;
        lock (_lock)
        {
            LearnLocked(operation, outcome);
            Forget(_builders);
            Forget(_buildsets);
            Forget(_requests);
            Forget(_builds);
            Forget(_steps);
            Forget(_logs);
        }
    }

    private void LearnLocked(Operation operation, Outcome outcome)
    {
        switch (operation, outcome.Numbers)
        {
            case (FindBuilder, [long id]) when !_builders.Contains(id):
                _builders.Add(id);
                break;
            case (FindWorker, [long id]):
                _worker = id;
                break;
            case (AddBuildset add, [long id, 1, .. long[] requests]):
                _buildsets.Add(id);
                _requests.AddRange(requests.Zip(add.BuilderIds.Order()));
                break;
            case (Rebuild, [long id, ..]):
                _buildsets.Add(id);
                break;
            case (StartNext, [long id, _, long request]):
                _builds.Add((id, request));
                break;
            case (AddBuild add, [long id, _]):
                _builds.Add((id, add.RequestId));
                break;
            case (NewStep, [long id, _]):
                _steps.Add(id);
                break;
            case (AddLog, [long id]):
                _logs.Add(id);
                break;
            case (RunTransaction transaction, _):
                for (int i = 0; i < transaction.Updates.Length; i++)
                    LearnLocked(References.Resolve(transaction.Updates[i], outcome.Parts), outcome.Parts[i]);
                break;
        }
    }

    private List<T> Copy<T>(List<T> items)
    {
        lock (_lock)
            return items.Count <= MostIds ? [.. items] : items.GetRange(items.Count - MostIds, MostIds);
    }

    private static void Forget<T>(List<T> items)
    {
        if (items.Count > 2 * MostIds)
            items.RemoveRange(0, items.Count - MostIds);
    }
}
