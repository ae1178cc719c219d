namespace BuildData.Analyzers.Paths;

/// <summary>Represents an endpoint of the library: its path pattern, and the type of its result.</summary>
internal sealed class EndpointPattern
{
    private EndpointPattern(PatternSegment[] segments, string typeName, bool isCollection)
    {
        Segments = segments;
        TypeName = typeName;
        IsCollection = isCollection;
        Path = string.Concat(segments.Select(segment => "/" + segment.Text));
    }

    /// <summary>Gets the segments of the pattern.</summary>
    public IReadOnlyList<PatternSegment> Segments { get; }

    /// <summary>Gets the pattern as it is shown in messages, such as <c>/builds/{buildid}/steps</c>.</summary>
    public string Path { get; }

    /// <summary>Gets the name of the type of each returned resource.</summary>
    public string TypeName { get; }

    /// <summary>Gets whether the endpoint returns a collection.</summary>
    public bool IsCollection { get; }

    /// <summary>Parses a line such as <c>/builds/{buildid:number}/steps => GetAll&lt;Step&gt;</c>.</summary>
    public static EndpointPattern Parse(string line)
    {
        string[] parts = line.Split([" => ", "<", ">"], StringSplitOptions.None);
        return new EndpointPattern([.. parts[0].Split('/').Skip(1).Select(PatternSegment.Parse)], parts[2], parts[1] == "GetAll");
    }

    /// <summary>Returns whether a path can match the pattern, if the path's holes have suitable values.</summary>
    public bool CanMatch(PathTemplate path) => Matches(path, static (pattern, segment) => pattern.CanMatch(segment));

    /// <summary>Returns whether a path matches the pattern, and whether each hole fills a whole variable segment.</summary>
    public bool MatchesWithHolesAsWholeSegments(PathTemplate path) => Matches(path, static (pattern, segment) => pattern.MatchesWithHolesAsWholeSegments(segment));

    private bool Matches(PathTemplate path, Func<PatternSegment, PathSegment, bool> matches) =>
        !path.IsMalformed
        && path.Segments.Count == Segments.Count
        && Segments.Zip(path.Segments, matches).All(match => match);
}
