namespace BuildData.AspNetCore;

/// <summary>Describes a field that a person fills in to request builds by hand.</summary>
/// <param name="Name">The name, which is unique among the fields.</param>
public sealed record ForceField(string Name)
{
    /// <summary>Gets the text beside the field; null for the name.</summary>
    public string? Label { get; init; }

    /// <summary>Gets the kind of the field. Default: <see cref="ForceFieldKind.Text"/>.</summary>
    public ForceFieldKind Kind { get; init; }

    /// <summary>Gets the value that the field has in the beginning. Default: empty.</summary>
    public string Default { get; init; } = "";

    /// <summary>Gets whether the field must not be empty. Default: false.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Gets the values of which one must be chosen. Only for <see cref="ForceFieldKind.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}
