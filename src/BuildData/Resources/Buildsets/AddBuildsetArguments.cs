namespace BuildData.Resources.Buildsets;

/// <summary>
/// Holds checked copies of the arguments of <see cref="Updates.AddBuildset"/>. The caller can't change the copies. The prefetch, which runs
/// before the update, uses the arguments to determine which rows it must read and lock.
/// </summary>
internal sealed record AddBuildsetArguments(
    Buildset Buildset,
    SourceStampRef[] SourceStamps,
    PropertyMap Properties,
    long[] BuilderIds,
    bool WaitedFor,
    long Priority,
    string? UniqueKey,
    DateTimeOffset? SubmittedAt);
