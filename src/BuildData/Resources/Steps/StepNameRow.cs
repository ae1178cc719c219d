namespace BuildData.Resources.Steps;

/// <summary>The name of a build's step, as Dapper maps it.</summary>
internal sealed class StepNameRow
{
    public long BuildId { get; init; }

    public string Name { get; init; } = "";
}
