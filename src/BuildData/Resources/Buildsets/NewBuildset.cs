namespace BuildData.Resources.Buildsets;

/// <summary>Represents the arguments of <see cref="Updates.AddBuildset"/>, checked and copied, so that the caller can't change them later.</summary>
internal sealed record NewBuildset(
    Buildset Buildset,
    SourceStampRef[] SourceStamps,
    PropertyMap Properties,
    long[] BuilderIds,
    bool WaitedFor,
    long Priority,
    string? UniqueKey);
