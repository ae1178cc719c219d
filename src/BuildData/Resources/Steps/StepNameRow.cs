namespace BuildData.Resources.Steps;

/// <summary>Represents the name of a step and its build, as Dapper maps them.</summary>
internal sealed class StepNameRow
{
    public long BuildId { get; init; }

    public string Name { get; init; } = "";
}
