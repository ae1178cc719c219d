namespace BuildData.Analyzers.Paths;

/// <summary>Specifies what a segment of an endpoint pattern matches.</summary>
internal enum SegmentKind
{
    /// <summary>Only the word in the pattern.</summary>
    Literal,

    /// <summary>A whole number in decimal digits, less than 2<sup>63</sup>.</summary>
    Number,

    /// <summary>The name of a step or a worker.</summary>
    Identifier,

    /// <summary>A number if the segment has only digits; otherwise a name, which can be any text.</summary>
    NumberOrName,
}
