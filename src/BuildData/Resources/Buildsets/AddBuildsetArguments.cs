namespace BuildData.Resources.Buildsets;

/// <summary>
/// Represents the arguments of <see cref="Updates.AddBuildset"/>. They are checked, and are copies that the caller can't change. The
/// prefetch plan of the update holds them as a need.
/// </summary>
internal sealed record AddBuildsetArguments(
    Buildset Buildset,
    SourceStampRef[] SourceStamps,
    PropertyMap Properties,
    long[] BuilderIds,
    bool WaitedFor,
    long Priority,
    string? UniqueKey);
