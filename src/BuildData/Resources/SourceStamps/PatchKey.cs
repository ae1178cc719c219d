namespace BuildData;

/// <summary>Represents the patch of a <see cref="SourceStampKey"/>: a change that is applied to the source code before the build.</summary>
public sealed record PatchKey
{
    /// <inheritdoc cref="Patch.Level"/>
    public long Level { get; init; }

    /// <inheritdoc cref="Patch.Subdir"/>
    public string? Subdir { get; init; }

    /// <inheritdoc cref="Patch.Author"/>
    public string Author { get; init; } = "";

    /// <inheritdoc cref="Patch.Comment"/>
    public string Comment { get; init; } = "";

    /// <inheritdoc cref="Patch.Body"/>
    public required string Body { get; init; }
}
