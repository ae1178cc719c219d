namespace BuildData.Paths;

/// <summary>What a segment of an endpoint pattern takes, from first to last in precedence.</summary>
internal enum SegmentKind
{
    /// <summary>A word that stands in the pattern.</summary>
    Literal,

    /// <summary>Decimal digits that fit in 63 bits.</summary>
    Number,

    /// <summary>An <see cref="BuildData.Identifier"/>.</summary>
    Identifier,

    /// <summary>A number, or else any name.</summary>
    NumberOrName,
}
