namespace BuildData.Resources.Builders;

/// <summary>Represents a row of the table <c>builder_tags</c>, as Dapper maps it.</summary>
internal sealed class BuilderTagRow
{
    public string Tag { get; init; } = "";
}
