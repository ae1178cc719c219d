namespace BuildData.Resources.Builders;

/// <summary>A row of the table builder_tags, as Dapper maps it.</summary>
internal sealed class BuilderTagRow
{
    public string Tag { get; init; } = "";
}
