namespace BuildData.Resources.Buildsets;

/// <summary>The arguments of <see cref="Updates.AddBuildset"/>, checked and out of the caller's reach.</summary>
internal sealed record NewBuildset(
    Buildset Buildset,
    SourceStampRef[] SourceStamps,
    PropertyMap Properties,
    long[] BuilderIds,
    bool WaitedFor,
    long Priority,
    string? UniqueKey);
