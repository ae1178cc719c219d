using BuildData.Values;

namespace BuildData.Resources.SourceStamps;

/// <summary>Represents the row of a source stamp with its patch, as Dapper maps it.</summary>
internal sealed class SourceStampRow
{
    public long SourceStampId { get; init; }

    public string? Branch { get; init; }

    public string? Revision { get; init; }

    public string Repository { get; init; } = "";

    public string Project { get; init; } = "";

    public string Codebase { get; init; } = "";

    public long CreatedAt { get; init; }

    public long? PatchId { get; init; }

    public long? PatchLevel { get; init; }

    public string? PatchSubdir { get; init; }

    public string? PatchAuthor { get; init; }

    public string? PatchComment { get; init; }

    public string? PatchBody { get; init; }

    public static SourceStamp ToSourceStamp(SourceStampRow row) => new()
    {
        SourceStampId = row.SourceStampId,
        Branch = row.Branch,
        Revision = row.Revision,
        Repository = row.Repository,
        Project = row.Project,
        Codebase = row.Codebase,
        CreatedAt = Timestamp.FromMicroseconds(row.CreatedAt),
        Patch = row.PatchId is not { } patchId ? null : new Patch
        {
            PatchId = patchId,
            Level = row.PatchLevel!.Value,
            Subdir = row.PatchSubdir,
            Author = row.PatchAuthor!,
            Comment = row.PatchComment!,
            Body = row.PatchBody!,
        },
    };
}
