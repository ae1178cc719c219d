namespace BuildData;

/// <summary>
/// Identifies a version of source code. A key without a patch identifies the source stamp that has the same values, including nulls. If
/// there is no such source stamp, <see cref="Updates.AddBuildset"/> adds one. For a key with a patch, the method always adds a new
/// source stamp.
/// </summary>
public sealed record SourceStampKey
{
    /// <inheritdoc cref="SourceStamp.Branch"/>
    public string? Branch { get; init; }

    /// <inheritdoc cref="SourceStamp.Revision"/>
    public string? Revision { get; init; }

    /// <inheritdoc cref="SourceStamp.Repository"/>
    public string Repository { get; init; } = "";

    /// <inheritdoc cref="SourceStamp.Project"/>
    public string Project { get; init; } = "";

    /// <inheritdoc cref="SourceStamp.Codebase"/>
    public string Codebase { get; init; } = "";

    /// <inheritdoc cref="SourceStamp.Patch"/>
    public PatchKey? Patch { get; init; }

    /// <summary>Returns the key of a source stamp. The source stamp must have no patch.</summary>
    internal static SourceStampKey Of(SourceStamp stamp) => new()
    {
        Branch = stamp.Branch,
        Revision = stamp.Revision,
        Repository = stamp.Repository,
        Project = stamp.Project,
        Codebase = stamp.Codebase,
    };
}
