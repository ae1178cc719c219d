namespace BuildData.Torture.Model;

/// <content>Buildsets and build requests.</content>
internal sealed partial class ProjectModel
{
    private static readonly BuildResult[] FromWorst =
        [BuildResult.Cancelled, BuildResult.Retry, BuildResult.Exception, BuildResult.Failure, BuildResult.Warnings, BuildResult.Success, BuildResult.Skipped];

    private Outcome Run(AddBuildset add)
    {
        if (add.UniqueKey is not null && _state.Buildsets.FirstOrDefault(buildset => buildset.UniqueKey == add.UniqueKey) is { } existing)
            return Added(existing, isNew: false);
        if (add.BuilderIds.Any(id => _state.Builders.All(builder => builder.Id != id)) || (add.ParentBuildId is { } parent && _state.Builds.All(build => build.Id != parent)))
            return Refuse(NotFound);

        return Add(
            new BuildsetState(add.Reason, NewId(), add.Owner, add.Revision) { UniqueKey = add.UniqueKey, ParentBuildId = add.ParentBuildId },
            add.BuilderIds, add.Priority, add.WaitedFor);
    }

    private Outcome Run(Rebuild rebuild)
    {
        BuildsetState? original = _state.Buildsets.FirstOrDefault(buildset => buildset.Requests.Any(request => request.Builds.Any(build => build.Id == rebuild.BuildId)));
        if (original is null)
            return Refuse(NotFound);
        long builder = original.Requests.First(request => request.Builds.Any(build => build.Id == rebuild.BuildId)).BuilderId;
        return Add(
            new BuildsetState(rebuild.Reason, NewId(), original.Owner, original.Revision) { RebuiltBuildId = original.RebuiltBuildId ?? rebuild.BuildId },
            [builder], rebuild.Priority, waitedFor: false);
    }

    /// <summary>Adds a buildset. A new request replaces waiting ones that would build the same.</summary>
    private Outcome Add(BuildsetState buildset, long[] builderIds, long priority, bool waitedFor)
    {
        bool replaces = buildset.Revision is not null && !waitedFor;
        BuildsetState[] alike = [.. _state.Buildsets.Where(other => replaces && other.Owner == buildset.Owner && other.Revision == buildset.Revision)];
        var replaced = new List<(long Id, long By)>();
        foreach (long builder in builderIds)
        {
            RequestState[] older = [.. alike.SelectMany(other => other.Requests).Where(request => request.BuilderId == builder && request.Waits && !request.WaitedFor)];
            long id = NewId(2 + builderIds.Count(other => other < builder));
            buildset = buildset with
            {
                Requests = buildset.Requests.Add(new RequestState(id, builder, older.Select(request => request.Priority).Append(priority).Max(), waitedFor)),
            };
            replaced.AddRange(older.Select(request => (request.Id, id)));
        }

        _state = _state with { Buildsets = _state.Buildsets.Add(buildset) };
        foreach ((long id, long by) in replaced)
            ChangeRequest(id, request => request with { ClaimedBy = masterId, Complete = true, Results = BuildResult.Skipped, ReplacedBy = by });
        CompleteBuildsets();
        return Added(_state.Buildsets[^1], isNew: true);
    }

    private static Outcome Added(BuildsetState buildset, bool isNew) =>
        Outcome.Returned([buildset.Id, isNew ? 1 : 0, .. buildset.Requests.OrderBy(request => request.BuilderId).Select(request => request.Id)]);

    private Outcome Run(CompleteBuildset complete) => _state.Buildsets.Any(buildset => buildset.Id == complete.BuildsetId) ? Outcome.Returned() : Refuse(NotFound);

    private Outcome Run(CancelBuildset cancel) => _state.Buildsets.FirstOrDefault(buildset => buildset.Id == cancel.BuildsetId) is { } buildset
        ? Cancel([.. buildset.Requests.Where(request => !request.Complete)], cancel.Reason)
        : Refuse(NotFound);

    private Outcome Run(CancelRequests cancel) => Find(cancel.RequestIds) is { } requests ? Cancel(requests, cancel.Reason) : Refuse(NotFound);

    private Outcome Cancel(RequestState[] requests, string reason)
    {
        long[] waiting = [.. requests.Where(request => request.Waits).Select(request => request.Id)];
        RequestState[] claimed = [.. requests.Where(request => request is { Complete: false, ClaimedBy: not null, CancelReason: null })];
        long[] running = [.. claimed.SelectMany(request => request.Builds).Where(build => !build.Complete).Select(build => build.Id)];
        foreach (long id in waiting)
            ChangeRequest(id, request => request with { Complete = true, Results = BuildResult.Cancelled, CancelReason = reason });
        foreach (RequestState request in claimed)
            ChangeRequest(request.Id, request => request with { CancelReason = reason });
        foreach (long id in running)
            ChangeBuild(id, build => build with { CancelReason = reason });
        CompleteBuildsets();
        return Outcome.Returned([waiting.Length, .. waiting.Order(), .. claimed.Select(request => request.Id).Order(), .. running.Order()]);
    }

    private Outcome Run(ClaimRequests claim)
    {
        if (Find(claim.RequestIds) is not { } requests)
            return Refuse(NotFound);
        if (!requests.All(request => request.Waits))
            return Outcome.Returned(0);
        foreach (RequestState request in requests)
            ChangeRequest(request.Id, request => request with { ClaimedBy = masterId });
        return Outcome.Returned(1);
    }

    private Outcome Run(UnclaimRequests unclaim)
    {
        if (Find(unclaim.RequestIds) is not { } requests)
            return Refuse(NotFound);
        foreach (RequestState request in requests.Where(request => !request.Complete && request.ClaimedBy == masterId))
        {
            ChangeRequest(request.Id, request => request.CancelReason is null
                ? request with { ClaimedBy = null }
                : request with { Complete = true, Results = BuildResult.Cancelled });
        }

        CompleteBuildsets();
        return Outcome.Returned();
    }

    private Outcome Run(CompleteRequests complete)
    {
        if (Find(complete.RequestIds) is not { } requests || requests.Any(request => request.Complete || (request.ClaimedBy is { } owner && owner != masterId)))
            return Outcome.Returned(0);
        foreach (RequestState request in requests)
            ChangeRequest(request.Id, request => request with { Complete = true, Results = complete.Results });
        CompleteBuildsets();
        return Outcome.Returned(1);
    }

    private Outcome Run(ClaimNext claim)
    {
        if (FindNext(claim.BuilderIds) is not { } request)
            return Outcome.Returned();
        ChangeRequest(request.Id, request => request with { ClaimedBy = masterId });
        return Outcome.Returned(request.Id);
    }

    private Outcome Run(StartNext start)
    {
        if (start.WorkerId is not null && _state.Worker is { Paused: true } or { Graceful: true })
            return Outcome.Returned();
        if (FindNext(start.BuilderIds) is not { } request)
            return Outcome.Returned();
        ChangeRequest(request.Id, request => request with { ClaimedBy = masterId });
        BuildState build = AddBuild(request.Id, start.WorkerId);
        return Outcome.Returned(build.Id, build.Number, request.Id);
    }

    /// <summary>Returns the waiting request with the highest priority, and of these the oldest.</summary>
    private RequestState? FindNext(long[] builderIds) => next is { } chosen
        ? _state.Requests.FirstOrDefault(request => request.Id == chosen && request.Waits && builderIds.Contains(request.BuilderId))
        : _state.Requests.Where(request => request.Waits && builderIds.Contains(request.BuilderId)).MaxBy(request => request.Priority);

    private RequestState[]? Find(long[] ids)
    {
        RequestState[] found = [.. ids.Select(id => _state.Requests.FirstOrDefault(request => request.Id == id)).OfType<RequestState>()];
        return found.Length == ids.Length ? found : null;
    }

    private void CompleteBuildsets() => _state = _state with
    {
        Buildsets = _state.Buildsets.ChangeAll(buildset => buildset.Complete || !buildset.Requests.All(request => request.Complete)
            ? buildset
            : buildset with { Complete = true, Results = FromWorst.First(result => result == BuildResult.Success || buildset.Requests.Any(request => request.Results == result)) }),
    };
}
