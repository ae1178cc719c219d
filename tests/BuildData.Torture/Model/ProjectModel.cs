namespace BuildData.Torture.Model;

/// <summary>
/// What the updates of a project do, one after the other. It is written from the documentation, in the simplest way, and shares no code
/// with the library.
/// </summary>
/// <param name="state">The state before the call.</param>
/// <param name="masterId">The id of the caller's master.</param>
/// <param name="outcome">What the call returned; null if nobody knows.</param>
/// <param name="next">Which waiting request the call takes, if it takes the next one; null for the one that is first in line.</param>
internal sealed partial class ProjectModel(ProjectState state, long masterId, Outcome? outcome, long? next = null)
{
    private const string NotFound = nameof(ResourceNotFoundException);
    private const string NotAllowed = nameof(UpdateRefusedException);

    private ProjectState _state = state;

    // What the part of a transaction that runs returned.
    private Outcome? _outcome = outcome;

    /// <summary>Returns the states in which a call can leave a project; none if the call can't have returned what it did.</summary>
    /// <param name="state">The state before the call.</param>
    /// <param name="call">The call.</param>
    /// <param name="mayPassLocked">Whether a caller who takes the next request may pass one that another transaction has locked.</param>
    /// <param name="expected">What the call should have returned.</param>
    public static IEnumerable<ProjectState> Apply(ProjectState state, Call call, bool mayPassLocked, out string expected)
    {
        Outcome? outcome = call.Outcome is { Kind: OutcomeKind.Returned or OutcomeKind.Refused } known ? known : null;
        if (mayPassLocked && call.Operation is ClaimNext or StartNext)
            return ApplyAnyNext(state, call, outcome, out expected);

        var model = new ProjectModel(state, call.MasterId, outcome);
        Outcome result = model.Run(call.Operation);
        expected = result.ToString();
        return outcome is null || Agree(result, outcome) ? [model._state] : [];
    }

    private static List<ProjectState> ApplyAnyNext(ProjectState state, Call call, Outcome? outcome, out string expected)
    {
        expected = "any waiting request, or none";
        List<ProjectState> possible = outcome is null or { Kind: OutcomeKind.Returned, Numbers: [] } ? [state] : [];
        foreach (RequestState request in state.Requests.Where(request => request.Waits))
        {
            var model = new ProjectModel(state, call.MasterId, outcome, request.Id);
            Outcome result = model.Run(call.Operation);
            if (outcome is null || Agree(result, outcome))
                possible.Add(model._state);
        }

        return possible;
    }

    private static bool Agree(Outcome expected, Outcome actual) =>
        expected.Kind == actual.Kind && UnknownIds.Match(expected.Text, actual.Text) && expected.Numbers.AsSpan().SequenceEqual(actual.Numbers)
        && expected.Parts.Length == actual.Parts.Length && expected.Parts.Zip(actual.Parts).All(pair => Agree(pair.First, pair.Second));

    private Outcome Run(Operation operation) => operation switch
    {
        FindBuilder find => Run(find),
        DescribeBuilder describe => Run(describe),
        FindWorker find => Run(find),
        ConnectWorker connect => ChangeWorker(connect.WorkerId, worker => worker with { ConnectedTo = Sorted([.. worker.ConnectedTo.Append(masterId).Distinct()]), Info = connect.Info }),
        DisconnectWorker disconnect => ChangeWorker(disconnect.WorkerId, worker => worker with { ConnectedTo = [.. worker.ConnectedTo.Where(id => id != masterId)] }),
        PauseWorker pause => ChangeWorker(pause.WorkerId, worker => worker with { Paused = pause.Paused, PauseReason = pause.Reason }),
        RetireWorker retire => ChangeWorker(retire.WorkerId, worker => worker with { Graceful = retire.Graceful }),
        ConfigureWorker configure => ChangeWorker(configure.WorkerId, worker => Configure(worker, configure.BuilderIds)),
        BeatForWorker beat => ChangeWorker(beat.WorkerId, worker => worker),
        AddBuildset add => Run(add),
        Rebuild rebuild => Run(rebuild),
        CompleteBuildset complete => Run(complete),
        CancelBuildset cancel => Run(cancel),
        CancelRequests cancel => Run(cancel),
        ClaimRequests claim => Run(claim),
        UnclaimRequests unclaim => Run(unclaim),
        CompleteRequests complete => Run(complete),
        ClaimNext claim => Run(claim),
        StartNext start => Run(start),
        AddBuild add => Run(add),
        SetBuildState set => ChangeBuild(set.BuildId, build => build with { StateString = set.StateString }),
        SetBuildProperty set => ChangeBuild(set.BuildId, build => build with { Properties = With(build.Properties, new PropertyState(set.Name, set.Json, set.Source)) }),
        AddBuildLocks add => ChangeBuild(add.BuildId, build => build with { LocksDuration = build.LocksDuration + add.Seconds }),
        FinishBuild finish => ChangeBuild(finish.BuildId, build => build with { Complete = true, Results = finish.Results }),
        NewStep add => Run(add),
        StartStep start => ChangeStep(start.StepId, step => step with { Started = true, LocksAcquired = step.LocksAcquired || start.LocksAcquired }),
        SetStepLocks set => ChangeStep(set.StepId, step => step with { LocksAcquired = true }),
        SetStepState set => ChangeStep(set.StepId, step => step with { StateString = set.StateString }),
        AddStepUrl add => ChangeStep(add.StepId, step => With(step, new UrlState(add.Name, add.Url))),
        FinishStep finish => ChangeStep(finish.StepId, step => step with { Complete = true, Results = finish.Results, Hidden = finish.Hidden }),
        AddLog add => Run(add),
        AppendLog append => Run(append),
        FinishLog finish => ChangeLog(finish.LogId, log => log with { Complete = true }),
        RunTransaction transaction => Run(transaction),
        ReadBuildset read => Read(_state.Buildsets.FirstOrDefault(buildset => buildset.Id == read.BuildsetId), StateText.Of),
        ReadBuild read => Read(_state.Builds.FirstOrDefault(build => build.Id == read.BuildId), StateText.Of),
        ReadSteps read => Read(_state.Builds.FirstOrDefault(build => build.Id == read.BuildId)?.Steps, StateText.Of),
        ReadLog read => Read(_state.Logs.FirstOrDefault(log => log.Id == read.LogId), log => StateText.Of(log with { Complete = false })),
        _ => throw new NotSupportedException($"The model does not know {operation}."),
    };

    private Outcome Run(RunTransaction transaction)
    {
        (ProjectState before, Outcome? whole) = (_state, _outcome);
        var returned = new List<Outcome>();
        foreach (Operation update in transaction.Updates)
        {
            // The parts are known only if the transaction has ended as its last part lets it.
            _outcome = whole is { Kind: OutcomeKind.Returned } ? whole.Parts.ElementAtOrDefault(returned.Count) : null;
            Outcome part = Run(References.Resolve(update, returned));
            if (part.Kind == OutcomeKind.Refused)
            {
                _state = before;
                return part;
            }

            returned.Add(part);
        }

        if (!transaction.Fails)
            return new Outcome(OutcomeKind.Returned) { Parts = [.. returned] };
        _state = before;
        return Refuse(nameof(HostFailureException));
    }

    private static Outcome Read<T>(T? found, Func<T, string> text)
        where T : class => Outcome.ReturnedText(found is null ? null : text(found));

    private static Outcome Refuse(string exception) => new(OutcomeKind.Refused) { Text = exception };

    /// <summary>Returns the id that the call returned for a new resource, or one that stands for it.</summary>
    private long NewId(int index = 0)
    {
        if (_outcome is { Kind: OutcomeKind.Returned } returned && index < returned.Numbers.Length)
            return returned.Numbers[index];
        _state = _state with { NextUnknownId = _state.NextUnknownId - 1 };
        return _state.NextUnknownId;
    }

    private Outcome ChangeRequest(long id, Func<RequestState, RequestState> change)
    {
        ValueList<BuildsetState>? changed = _state.Buildsets.ChangeFirst(
            buildset => buildset.Requests.Any(request => request.Id == id),
            buildset => buildset with { Requests = buildset.Requests.ChangeFirst(request => request.Id == id, change)! });
        return Changed(changed);
    }

    private Outcome ChangeBuild(long id, Func<BuildState, BuildState> change) => _state.Requests.FirstOrDefault(request => request.Builds.Any(build => build.Id == id)) is { } owner
        ? ChangeRequest(owner.Id, request => request with { Builds = request.Builds.ChangeFirst(build => build.Id == id, change)! })
        : Refuse(NotFound);

    private Outcome ChangeStep(long id, Func<StepState, StepState> change) => _state.Builds.FirstOrDefault(build => build.Steps.Any(step => step.Id == id)) is { } owner
        ? ChangeBuild(owner.Id, build => build with { Steps = build.Steps.ChangeFirst(step => step.Id == id, change)! })
        : Refuse(NotFound);

    private Outcome ChangeLog(long id, Func<LogState, LogState> change) => _state.Steps.FirstOrDefault(step => step.Logs.Any(log => log.Id == id)) is { } owner
        ? ChangeStep(owner.Id, step => step with { Logs = step.Logs.ChangeFirst(log => log.Id == id, change)! })
        : Refuse(NotFound);

    private Outcome Changed(ValueList<BuildsetState>? buildsets)
    {
        if (buildsets is null)
            return Refuse(NotFound);
        _state = _state with { Buildsets = buildsets };
        return Outcome.Returned();
    }
}
