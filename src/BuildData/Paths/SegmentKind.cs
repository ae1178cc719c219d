namespace BuildData.Paths;

/// <summary>Specifies what a segment of an endpoint pattern matches. The order is the order of precedence.</summary>
internal enum SegmentKind
{
    /// <summary>The word in the pattern.</summary>
    Literal,

    /// <summary>Decimal digits that fit in 63 bits.</summary>
    Number,

    /// <summary>An <see cref="BuildData.Identifier"/>.</summary>
    Identifier,

    /// <summary>A number if the segment has only digits, otherwise any name.</summary>
    NumberOrName,
}
