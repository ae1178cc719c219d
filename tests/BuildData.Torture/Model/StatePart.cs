namespace BuildData.Torture.Model;

/// <summary>A part of a project that only calls with its id change: a build, a step or a log, without what it contains.</summary>
/// <param name="Kind">The type of the resource.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct StatePart(StatePartKind Kind, long Id)
{
    /// <summary>Returns the parts that a call can change.</summary>
    public static IReadOnlyCollection<StatePart> ChangedBy(Call call) => [.. ChangedBy(call.Operation, call.Outcome).Distinct()];

    /// <summary>Returns the values of the part that only such calls change; null if the project does not have the part.</summary>
    public object? ValuesIn(ProjectState project)
    {
        long id = Id;
        return Kind switch
        {
            StatePartKind.Build => project.Builds.FirstOrDefault(build => build.Id == id) is { } build
                ? (build.StateString, build.LocksDuration, build.Complete, build.Results, build.Properties)
                : null,
            StatePartKind.Step => project.Steps.FirstOrDefault(step => step.Id == id) is { } step ? step with { Logs = [] } : null,
            _ => project.Logs.FirstOrDefault(log => log.Id == id),
        };
    }

    private static IEnumerable<StatePart> ChangedBy(Operation operation, Outcome? outcome) => operation switch
    {
        SetBuildState set => [Build(set.BuildId)],
        SetBuildProperty set => [Build(set.BuildId)],
        AddBuildLocks add => [Build(add.BuildId)],
        FinishBuild finish => [Build(finish.BuildId)],
        StartStep start => [Step(start.StepId)],
        SetStepLocks set => [Step(set.StepId)],
        SetStepState set => [Step(set.StepId)],
        AddStepUrl add => [Step(add.StepId)],
        FinishStep finish => [Step(finish.StepId)],
        AppendLog append => [Log(append.LogId)],
        FinishLog finish => [Log(finish.LogId)],
        RunTransaction transaction => ChangedBy(transaction, outcome),
        _ => [],
    };

    // What a transaction has added, and whose id nobody knows, is changed by no other call.
    private static IEnumerable<StatePart> ChangedBy(RunTransaction transaction, Outcome? outcome) => outcome is { Kind: OutcomeKind.Returned }
        ? transaction.Updates.SelectMany((update, i) => ChangedBy(References.Resolve(update, outcome.Parts), outcome.Parts[i]))
        : transaction.Updates.SelectMany(update => ChangedBy(update, outcome: null)).Where(part => part.Id > 0);

    private static StatePart Build(long id) => new(StatePartKind.Build, id);

    private static StatePart Step(long id) => new(StatePartKind.Step, id);

    private static StatePart Log(long id) => new(StatePartKind.Log, id);
}

/// <summary>The type of the resource that a part is.</summary>
internal enum StatePartKind
{
    /// <summary>A build without its steps.</summary>
    Build,

    /// <summary>A step without its logs.</summary>
    Step,

    /// <summary>A log.</summary>
    Log,
}
