using BuildData.Values;

namespace BuildData.Resources.Builders;

/// <summary>Represents a row of the table <c>builders</c>, as Dapper maps it.</summary>
internal sealed class BuilderRow
{
    public long BuilderId { get; init; }

    public string Name { get; init; } = "";

    public string? Description { get; init; }

    public string? DescriptionFormat { get; init; }

    public string? DescriptionHtml { get; init; }

    public long? ProjectId { get; init; }

    public static Builder ToBuilder(BuilderRow row, List<BuilderTagRow> tags) => new()
    {
        BuilderId = row.BuilderId,
        Name = row.Name,
        Description = row.Description,
        DescriptionFormat = row.DescriptionFormat,
        DescriptionHtml = row.DescriptionHtml,
        ProjectId = row.ProjectId,
        Tags = tags.Count == 0 ? [] : new ValueList<string>([.. tags.Select(tag => tag.Tag)]),
    };
}
