namespace BuildData.Analyzers.Paths;

/// <summary>Represents a segment of an endpoint pattern, such as <c>builds</c> or <c>{buildid:number}</c>.</summary>
internal sealed class PatternSegment
{
    private PatternSegment(string text, SegmentKind kind)
    {
        Text = text;
        Kind = kind;
    }

    /// <summary>Gets the segment as it is shown in messages: the word, or the name in braces.</summary>
    public string Text { get; }

    /// <summary>Gets what the segment matches.</summary>
    public SegmentKind Kind { get; }

    public static PatternSegment Parse(string segment)
    {
        if (segment[0] != '{')
            return new PatternSegment(segment, SegmentKind.Literal);

        string[] parts = segment.Trim('{', '}').Split(':');
        return new PatternSegment($"{{{parts[0]}}}", parts[1] switch
        {
            "number" => SegmentKind.Number,
            "identifier" => SegmentKind.Identifier,
            "number_or_name" => SegmentKind.NumberOrName,
            _ => throw new ArgumentException($"The segment '{segment}' is of an unknown kind.", nameof(segment)),
        });
    }

    /// <summary>Returns whether a segment of a path can match this segment, if the path segment's holes have suitable values.</summary>
    public bool CanMatch(PathSegment segment) => !segment.IsEmpty && Kind switch
    {
        SegmentKind.Literal => segment.CanBeWord(Text),
        SegmentKind.Number => segment.CanBeNumber(),
        SegmentKind.Identifier => segment.CanBeIdentifier(),
        _ => segment.CanBeNumberOrName(),
    };

    /// <summary>
    /// Returns whether a segment of a path matches this segment, and each hole in the path segment is the whole value of a variable
    /// segment.
    /// </summary>
    public bool MatchesWithHolesAsWholeSegments(PathSegment segment) =>
        CanMatch(segment) && (segment.HasOnlyNumbers || (segment.IsHole && Kind != SegmentKind.Literal));
}
