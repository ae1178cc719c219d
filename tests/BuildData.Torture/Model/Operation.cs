using System.Text.Json.Serialization;

namespace BuildData.Torture.Model;

/// <summary>An update or a query with its arguments. It can be written to a journal.</summary>
/// <remarks>
/// Within a <see cref="RunTransaction"/>, the id -1 stands for the first id that the transaction's first update returns, -2 for that of
/// the second, and so on.
/// </remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(FindBuilder), "find-builder")]
[JsonDerivedType(typeof(DescribeBuilder), "describe-builder")]
[JsonDerivedType(typeof(FindWorker), "find-worker")]
[JsonDerivedType(typeof(ConnectWorker), "connect-worker")]
[JsonDerivedType(typeof(DisconnectWorker), "disconnect-worker")]
[JsonDerivedType(typeof(PauseWorker), "pause-worker")]
[JsonDerivedType(typeof(RetireWorker), "retire-worker")]
[JsonDerivedType(typeof(ConfigureWorker), "configure-worker")]
[JsonDerivedType(typeof(BeatForWorker), "beat-for-worker")]
[JsonDerivedType(typeof(AddBuildset), "add-buildset")]
[JsonDerivedType(typeof(Rebuild), "rebuild")]
[JsonDerivedType(typeof(CompleteBuildset), "complete-buildset")]
[JsonDerivedType(typeof(CancelBuildset), "cancel-buildset")]
[JsonDerivedType(typeof(CancelRequests), "cancel-requests")]
[JsonDerivedType(typeof(ClaimRequests), "claim-requests")]
[JsonDerivedType(typeof(UnclaimRequests), "unclaim-requests")]
[JsonDerivedType(typeof(CompleteRequests), "complete-requests")]
[JsonDerivedType(typeof(ClaimNext), "claim-next")]
[JsonDerivedType(typeof(StartNext), "start-next")]
[JsonDerivedType(typeof(AddBuild), "add-build")]
[JsonDerivedType(typeof(SetBuildState), "set-build-state")]
[JsonDerivedType(typeof(SetBuildProperty), "set-build-property")]
[JsonDerivedType(typeof(AddBuildLocks), "add-build-locks")]
[JsonDerivedType(typeof(FinishBuild), "finish-build")]
[JsonDerivedType(typeof(NewStep), "new-step")]
[JsonDerivedType(typeof(StartStep), "start-step")]
[JsonDerivedType(typeof(SetStepLocks), "set-step-locks")]
[JsonDerivedType(typeof(SetStepState), "set-step-state")]
[JsonDerivedType(typeof(AddStepUrl), "add-step-url")]
[JsonDerivedType(typeof(FinishStep), "finish-step")]
[JsonDerivedType(typeof(AddLog), "add-log")]
[JsonDerivedType(typeof(AppendLog), "append-log")]
[JsonDerivedType(typeof(FinishLog), "finish-log")]
[JsonDerivedType(typeof(RunTransaction), "transaction")]
[JsonDerivedType(typeof(ReadBuildset), "read-buildset")]
[JsonDerivedType(typeof(ReadBuild), "read-build")]
[JsonDerivedType(typeof(ReadSteps), "read-steps")]
[JsonDerivedType(typeof(ReadLog), "read-log")]
internal abstract record Operation;

/// <summary>A query. It changes nothing.</summary>
internal abstract record ReadOperation : Operation;

internal sealed record FindBuilder(string Name) : Operation;

internal sealed record DescribeBuilder(long BuilderId, string Description, string[] Tags) : Operation;

internal sealed record FindWorker(string Name) : Operation;

internal sealed record ConnectWorker(long WorkerId, string Info) : Operation;

internal sealed record DisconnectWorker(long WorkerId) : Operation;

internal sealed record PauseWorker(long WorkerId, bool Paused, string? Reason) : Operation;

internal sealed record RetireWorker(long WorkerId, bool Graceful) : Operation;

internal sealed record ConfigureWorker(long WorkerId, long[] BuilderIds) : Operation;

internal sealed record BeatForWorker(long WorkerId) : Operation;

internal sealed record AddBuildset(string Reason, string Owner, string? Revision, long[] BuilderIds) : Operation
{
    public bool WaitedFor { get; init; }

    public long Priority { get; init; }

    public string? UniqueKey { get; init; }

    public long? ParentBuildId { get; init; }
}

internal sealed record Rebuild(long BuildId, string Reason, long Priority) : Operation;

internal sealed record CompleteBuildset(long BuildsetId) : Operation;

internal sealed record CancelBuildset(long BuildsetId, string Reason) : Operation;

internal sealed record CancelRequests(long[] RequestIds, string Reason) : Operation;

internal sealed record ClaimRequests(long[] RequestIds) : Operation;

internal sealed record UnclaimRequests(long[] RequestIds) : Operation;

internal sealed record CompleteRequests(long[] RequestIds, BuildResult Results) : Operation;

internal sealed record ClaimNext(long[] BuilderIds) : Operation;

internal sealed record StartNext(long? WorkerId, long[] BuilderIds) : Operation;

internal sealed record AddBuild(long BuilderId, long RequestId, long? WorkerId) : Operation;

internal sealed record SetBuildState(long BuildId, string StateString) : Operation;

internal sealed record SetBuildProperty(long BuildId, string Name, string Json, string Source) : Operation;

internal sealed record AddBuildLocks(long BuildId, long Seconds) : Operation;

internal sealed record FinishBuild(long BuildId, BuildResult Results) : Operation;

internal sealed record NewStep(long BuildId, string Name) : Operation;

internal sealed record StartStep(long StepId, bool LocksAcquired) : Operation;

internal sealed record SetStepLocks(long StepId) : Operation;

internal sealed record SetStepState(long StepId, string StateString) : Operation;

internal sealed record AddStepUrl(long StepId, string Name, string Url) : Operation;

internal sealed record FinishStep(long StepId, BuildResult Results, bool Hidden) : Operation;

internal sealed record AddLog(long StepId, string Name, LogType Type) : Operation;

internal sealed record AppendLog(long LogId, string Text) : Operation;

internal sealed record FinishLog(long LogId) : Operation;

/// <param name="Updates">The updates, one after the other.</param>
/// <param name="Fails">Whether the host's code throws an exception after them, so that nothing of the transaction is stored.</param>
internal sealed record RunTransaction(Operation[] Updates, bool Fails) : Operation;

internal sealed record ReadBuildset(long BuildsetId) : ReadOperation;

internal sealed record ReadBuild(long BuildId) : ReadOperation;

internal sealed record ReadSteps(long BuildId) : ReadOperation;

internal sealed record ReadLog(long LogId) : ReadOperation;
