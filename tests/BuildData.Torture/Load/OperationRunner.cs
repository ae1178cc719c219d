using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Load;

/// <summary>Runs operations on a store and returns how they ended.</summary>
/// <param name="master">The master that writes and reads.</param>
internal sealed class OperationRunner(Master master)
{
    /// <summary>Runs an operation.</summary>
    /// <exception cref="ViolationException">An exception escapes that is not a typed one of the library.</exception>
    public async Task<Outcome> Run(Operation operation, CancellationToken cancellationToken = default)
    {
        try
        {
            return operation switch
            {
                ReadOperation read => await Read(read, cancellationToken),
                RunTransaction transaction => await Run(transaction, cancellationToken),
                _ => await Update(master.Data.Updates, operation, cancellationToken),
            };
        }
        catch (Exception error) when (error is HostFailureException or ResourceNotFoundException or UpdateRefusedException)
        {
            return Ended(OutcomeKind.Refused, error);
        }
        catch (StoreException error) when (error.IsOutcomeUnknown)
        {
            return Ended(OutcomeKind.Unknown, error);
        }
        catch (Exception error) when (error is BuildDataException or ObjectDisposedException or OperationCanceledException)
        {
            return Ended(OutcomeKind.Failed, error);
        }
        catch (Exception error) when (error is not ViolationException)
        {
            throw new ViolationException($"An exception escapes that the library does not document: {error}\nIt was thrown by {operation}.");
        }
    }

    private static Outcome Ended(OutcomeKind kind, Exception error) => new(kind) { Text = error.GetType().Name, Message = error.Message };

    private async Task<Outcome> Run(RunTransaction transaction, CancellationToken cancellationToken)
    {
        var parts = new List<Outcome>();
        await master.Data.Updates.Transaction(
            async updates =>
            {
                // The store may run the host's code again.
                parts.Clear();
                foreach (Operation update in transaction.Updates)
                    parts.Add(await Update(updates, References.Resolve(update, parts), CancellationToken.None));
                if (transaction.Fails)
                    throw new HostFailureException();
            },
            cancellationToken);
        return new Outcome(OutcomeKind.Returned) { Parts = [.. parts] };
    }

    private static async Task<Outcome> Update(Updates updates, Operation operation, CancellationToken cancellationToken) => operation switch
    {
        FindBuilder find => Outcome.Returned(await updates.FindBuilderId(find.Name, cancellationToken)),
        DescribeBuilder describe => await Done(updates.UpdateBuilderInfo(describe.BuilderId, describe.Description, null, null, null, describe.Tags, cancellationToken)),
        FindWorker find => Outcome.Returned(await updates.FindWorkerId(find.Name, cancellationToken)),
        ConnectWorker connect => await Done(updates.WorkerConnected(connect.WorkerId, WorkerInfo.Parse(connect.Info), cancellationToken: cancellationToken)),
        DisconnectWorker disconnect => await Done(updates.WorkerDisconnected(disconnect.WorkerId, cancellationToken: cancellationToken)),
        PauseWorker pause => await Done(updates.SetWorkerPaused(pause.WorkerId, pause.Paused, pause.Reason, cancellationToken)),
        RetireWorker retire => await Done(updates.SetWorkerGraceful(retire.WorkerId, retire.Graceful, cancellationToken)),
        ConfigureWorker configure => await Done(updates.WorkerConfigured(configure.WorkerId, configure.BuilderIds, cancellationToken: cancellationToken)),
        BeatForWorker beat => await Done(updates.WorkerHeartbeat(beat.WorkerId, cancellationToken)),
        AddBuildset add => Added(await updates.AddBuildset(
            scheduler: "torture",
            sourceStamps: add.Revision is null ? [] : [new SourceStampKey { Repository = "https://example.org/app.git", Revision = add.Revision }],
            reason: add.Reason,
            properties: new() { ["project"] = (ProjectNames.Of(add.Reason), "Torture"), ["owner"] = (add.Owner, "Scheduler") },
            builderIds: add.BuilderIds,
            parentBuildId: add.ParentBuildId,
            waitedFor: add.WaitedFor,
            priority: add.Priority,
            uniqueKey: add.UniqueKey,
            cancellationToken: cancellationToken)),
        Rebuild rebuild => Added(await updates.Rebuild(rebuild.BuildId, rebuild.Reason, rebuild.Priority, cancellationToken)),
        CompleteBuildset complete => await Done(updates.MaybeBuildsetComplete(complete.BuildsetId, cancellationToken)),
        CancelBuildset cancel => Cancelled(await updates.CancelBuildset(cancel.BuildsetId, cancel.Reason, cancellationToken)),
        CancelRequests cancel => Cancelled(await updates.CancelBuildRequests(cancel.RequestIds, cancel.Reason, cancellationToken)),
        ClaimRequests claim => Outcome.Returned(await updates.ClaimBuildRequests(claim.RequestIds, cancellationToken: cancellationToken) ? 1 : 0),
        UnclaimRequests unclaim => await Done(updates.UnclaimBuildRequests(unclaim.RequestIds, cancellationToken)),
        CompleteRequests complete => Outcome.Returned(await updates.CompleteBuildRequests(complete.RequestIds, complete.Results, cancellationToken: cancellationToken) ? 1 : 0),
        ClaimNext claim => await updates.ClaimNext(claim.BuilderIds, cancellationToken) is { } request ? Outcome.Returned(request.BuildRequestId) : Outcome.Returned(),
        StartNext start => await updates.StartNext(start.WorkerId, start.BuilderIds, cancellationToken) is { } build
            ? Outcome.Returned(build.BuildId, build.Number, build.Request.BuildRequestId)
            : Outcome.Returned(),
        AddBuild add => await updates.AddBuild(add.BuilderId, add.RequestId, add.WorkerId, cancellationToken: cancellationToken) is var (id, number) ? Outcome.Returned(id, number) : null!,
        SetBuildState set => await Done(updates.SetBuildStateString(set.BuildId, set.StateString, cancellationToken)),
        SetBuildProperty set => await Done(updates.SetBuildProperty(set.BuildId, set.Name, Property.Parse(set.Json, set.Source), cancellationToken)),
        AddBuildLocks add => await Done(updates.AddBuildLocksDuration(add.BuildId, add.Seconds, cancellationToken)),
        FinishBuild finish => await Done(updates.FinishBuild(finish.BuildId, finish.Results, cancellationToken: cancellationToken)),
        NewStep add => await updates.NewStep(add.BuildId, add.Name, cancellationToken) is var step ? Outcome.Returned(step.StepId, step.Number) with { Text = step.Name } : null!,
        StartStep start => await Done(updates.StartStep(start.StepId, locksAcquired: start.LocksAcquired, cancellationToken: cancellationToken)),
        SetStepLocks set => await Done(updates.SetStepLocksAcquiredAt(set.StepId, cancellationToken: cancellationToken)),
        SetStepState set => await Done(updates.SetStepStateString(set.StepId, set.StateString, cancellationToken)),
        AddStepUrl add => await Done(updates.AddStepUrl(add.StepId, add.Name, add.Url, cancellationToken)),
        FinishStep finish => await Done(updates.FinishStep(finish.StepId, finish.Results, finish.Hidden, cancellationToken: cancellationToken)),
        AddLog add => await updates.AddLog(add.StepId, add.Name, add.Type, cancellationToken) is var log ? Outcome.Returned(log.LogId) with { Text = log.Slug } : null!,
        AppendLog append => await updates.AppendLog(append.LogId, append.Text, cancellationToken) is var lines ? Outcome.Returned(lines.FirstLine, lines.LastLine) : null!,
        FinishLog finish => await Done(updates.FinishLog(finish.LogId, cancellationToken)),
        _ => throw new NotSupportedException($"{operation} can't be run."),
    };

    private async Task<Outcome> Read(ReadOperation read, CancellationToken cancellationToken)
    {
        DataApi data = master.Data;
        return Outcome.ReturnedText(read switch
        {
            ReadBuildset { BuildsetId: long id } => await data.Get<Buildset>($"/buildsets/{id}?include=properties", cancellationToken: cancellationToken) is { } buildset
                ? StateText.Of(StoreReader.ToState(buildset)) : null,
            ReadBuild { BuildId: long id } => await data.Get<Build>($"/builds/{id}?property=*", cancellationToken: cancellationToken) is { } build ? StateText.Of(StoreReader.ToState(build)) : null,
            ReadSteps { BuildId: long id } => StateText.Of([.. (await data.GetAll<Step>($"/builds/{id}/steps", cancellationToken: cancellationToken)).Select(StoreReader.ToState)]),
            ReadLog { LogId: long id } => await data.Get<StepLog>($"/logs/{id}", cancellationToken: cancellationToken) is { } log ? StateText.Of(await ReadLog(log)) : null,
            _ => throw new NotSupportedException($"{read} can't be run."),
        });

        // The log and its lines come from two queries. The later one sees what was added meanwhile, so the line count is taken from it.
        async Task<LogState> ReadLog(StepLog log)
        {
            LogState state = await StoreReader.ToState(data, log);
            return state with { Complete = false, LineCount = state.Text.Count(character => character == '\n') };
        }
    }

    private static async Task<Outcome> Done(Task update)
    {
        await update;
        return Outcome.Returned();
    }

    private static Outcome Added(AddedBuildset added) =>
        Outcome.Returned([added.BuildsetId, added.IsNew ? 1 : 0, .. added.BuildRequestIds.OrderBy(request => request.Key).Select(request => request.Value)]);

    private static Outcome Cancelled(RequestedCancellation cancelled) => Outcome.Returned(
        [cancelled.CompletedBuildRequestIds.Count, .. cancelled.CompletedBuildRequestIds.Order(), .. cancelled.RequestedBuildRequestIds.Order(), .. cancelled.BuildIds.Order()]);
}
