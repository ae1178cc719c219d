using Microsoft.CodeAnalysis;

namespace BuildData.Analyzers.Paths;

/// <summary>Represents a part of a path in source code: text, or a hole.</summary>
internal readonly struct PathPart
{
    private PathPart(string? text, IOperation? hole, bool isConstantOfHole, bool isNumber)
    {
        Text = text;
        Hole = hole;
        IsConstantOfHole = isConstantOfHole;
        IsNumber = isNumber;
    }

    /// <summary>Gets the text; null if the part is a hole whose value is known only at run time.</summary>
    public string? Text { get; }

    /// <summary>Gets the expression of the hole; null if the part is text.</summary>
    public IOperation? Hole { get; }

    /// <summary>
    /// Gets whether the text is the constant value of a hole. In such a text, <c>/</c>, <c>?</c> and <c>%</c> are ordinary characters.
    /// </summary>
    public bool IsConstantOfHole { get; }

    /// <summary>Gets whether the hole is a whole number, so that its text has only digits, possibly after a sign.</summary>
    public bool IsNumber { get; }

    /// <summary>Creates text outside holes.</summary>
    public static PathPart OfText(string text) => new(text, null, isConstantOfHole: false, isNumber: false);

    /// <summary>Creates a hole of an interpolated path. At run time, the value of the hole is percent-encoded.</summary>
    public static PathPart OfEncodedHole(IOperation hole, bool isFormatted) =>
        !isFormatted && hole.ConstantValue is { HasValue: true, Value: string text }
            ? new(text, null, isConstantOfHole: true, isNumber: false)
            : OfUnencodedHole(hole, isFormatted);

    /// <summary>Creates a hole of a string. At run time, the value of the hole is not percent-encoded.</summary>
    public static PathPart OfUnencodedHole(IOperation hole, bool isFormatted) => new(null, hole, isConstantOfHole: false, !isFormatted && IsWholeNumber(hole.Type));

    private static bool IsWholeNumber(ITypeSymbol? type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        return type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;
    }
}
