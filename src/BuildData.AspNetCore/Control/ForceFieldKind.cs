namespace BuildData.AspNetCore;

/// <summary>Specifies what can be filled in a <see cref="ForceField"/>.</summary>
public enum ForceFieldKind
{
    /// <summary>Text in one line.</summary>
    Text,

    /// <summary>Text in several lines.</summary>
    MultilineText,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary>Yes or no: the value is <c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>One of <see cref="ForceField.Choices"/>.</summary>
    Choice,
}
