namespace BuildData.Paths;

/// <summary>
/// Specifies what a segment of an endpoint pattern matches. If a segment of a path matches several kinds, the parser chooses the kind that
/// is declared first.
/// </summary>
internal enum SegmentKind
{
    /// <summary>Only the word in the pattern.</summary>
    Literal,

    /// <summary>A whole number in decimal digits, less than 2<sup>63</sup>.</summary>
    Number,

    /// <summary>An <see cref="BuildData.Identifier"/>.</summary>
    Identifier,

    /// <summary>A number if the segment has only digits; otherwise a name, which can be any text.</summary>
    NumberOrName,
}
