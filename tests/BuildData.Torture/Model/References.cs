namespace BuildData.Torture.Model;

/// <summary>Replaces what stands for the results of earlier updates of a transaction.</summary>
internal static class References
{
    /// <summary>Returns an update with the ids that earlier updates have returned.</summary>
    public static Operation Resolve(Operation update, IReadOnlyList<Outcome> returned)
    {
        return update switch
        {
            ClaimRequests claim => claim with { RequestIds = [.. claim.RequestIds.Select(Id)] },
            CompleteRequests complete => complete with { RequestIds = [.. complete.RequestIds.Select(Id)] },
            AddBuild add => add with { RequestId = Id(add.RequestId) },
            SetBuildProperty set => set with { BuildId = Id(set.BuildId) },
            FinishBuild finish => finish with { BuildId = Id(finish.BuildId) },
            NewStep add => add with { BuildId = Id(add.BuildId) },
            StartStep start => start with { StepId = Id(start.StepId) },
            SetStepState set => set with { StepId = Id(set.StepId) },
            FinishStep finish => finish with { StepId = Id(finish.StepId) },
            AddLog add => add with { StepId = Id(add.StepId) },
            AppendLog append => append with { LogId = Id(append.LogId) },
            FinishLog finish => finish with { LogId = Id(finish.LogId) },
            _ => update,
        };

        long Id(long id) => id is < 0 and > -1000 ? returned[(int)-id - 1].Numbers[0] : id;
    }
}

/// <summary>The exception that a transaction of a host program fails with.</summary>
internal sealed class HostFailureException() : Exception("The host's code fails on purpose.");
