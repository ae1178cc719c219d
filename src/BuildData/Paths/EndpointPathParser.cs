using BuildData.Queries;
using BuildData.Values;

namespace BuildData.Paths;

/// <summary>
/// Parses an endpoint path into the typed query of the endpoint. The endpoint patterns form a tree. Each level of the tree is a segment.
/// Immutable and thread-safe.
/// </summary>
internal sealed class EndpointPathParser
{
    private readonly Node _root = new();
    private readonly Endpoint[] _endpoints;

    /// <summary>Creates a parser for the paths of the given endpoints.</summary>
    /// <exception cref="ArgumentException">A pattern is malformed, or two patterns match the same path.</exception>
    public EndpointPathParser(IEnumerable<Endpoint> endpoints)
    {
        _endpoints = [.. endpoints];
        foreach (Endpoint endpoint in _endpoints)
            Add(endpoint);
    }

    /// <summary>Parses a path without a query string into a typed query.</summary>
    /// <exception cref="InvalidPathException">The path is malformed, or no endpoint has this path.</exception>
    public Query Parse(ReadOnlySpan<char> path)
    {
        if (path.Length > QueryLimits.PathLength)
            throw new InvalidPathException(path[..QueryLimits.PathLength].ToString(), $"it has more than {QueryLimits.PathLength} characters.");
        if (path.IsEmpty || path[0] != '/')
            throw new InvalidPathException(path.ToString(), "it must begin with '/'.");

        var values = default(VariableSegmentValues);
        if (Find(_root, path, path, ref values) is not { } endpoint)
            throw new InvalidPathException(path.ToString(), "no endpoint has this form." + Suggestion(path.ToString()));
        return endpoint.CreateQuery(in values);
    }

    /// <summary>
    /// Returns the endpoint pattern of a query, such as <c>/builds/{buildid}/steps</c>. There are only a few patterns, so a pattern can be
    /// a tag of measurements.
    /// </summary>
    public string FindPattern(Query query)
    {
        string path = query.Path;
        var values = default(VariableSegmentValues);
        try
        {
            if (Find(_root, path, path, ref values) is { } endpoint)
                return endpoint.ShortPattern;
        }
        catch (InvalidPathException)
        {
            // The path of a typed query can contain a name that no path can, such as one of only digits that does not fit in 63 bits.
        }

        return query.GetType().Name;
    }

    private string Suggestion(string path) => SimilarEndpointFinder.Find(path, _endpoints) is { } nearest ? $" The nearest is '{nearest.ShortPattern}'." : "";

    private static Endpoint? Find(Node node, ReadOnlySpan<char> path, ReadOnlySpan<char> rest, ref VariableSegmentValues values)
    {
        if (rest.IsEmpty)
            return node.Endpoint;

        rest = rest[1..];
        int slash = rest.IndexOf('/');
        ReadOnlySpan<char> segment = slash < 0 ? rest : rest[..slash];
        rest = slash < 0 ? [] : rest[slash..];
        if (segment.IsEmpty)
            throw new InvalidPathException(path.ToString(), "it has an empty segment.");

        string? decoded = null;
        if (segment.Contains('%') || UnicodeText.IndexOfLoneSurrogate(segment) >= 0)
        {
            if (!PathEncoding.TryDecode(segment, plusIsSpace: false, out decoded))
                throw new InvalidPathException(path.ToString(), $"the segment '{ShortText.Of(segment)}' is not percent-encoded UTF-8.");
            segment = decoded;
        }

        if (node.Literals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(segment, out Node? literal)
            && Find(literal, path, rest, ref values) is { } found)
        {
            return found;
        }

        if ((node.Number ?? node.NumberOrName) is { } number && IsDigits(segment))
        {
            if (!long.TryParse(segment, out long value))
                throw new InvalidPathException(path.ToString(), $"the number '{ShortText.Of(segment)}' does not fit in 63 bits.");

            values.PushNumber(value);
            if (Find(number, path, rest, ref values) is { } byNumber)
                return byNumber;
            values.Pop();
        }
        else if (node.NumberOrName is { } name)
        {
            values.PushName(decoded ?? segment.ToString());
            return Find(name, path, rest, ref values);
        }

        if (node.Identifier is { } identifier && Identifier.IsValid(segment, Identifier.MaxLength))
        {
            values.PushName(decoded ?? segment.ToString());
            return Find(identifier, path, rest, ref values);
        }

        return null;
    }

    private static bool IsDigits(ReadOnlySpan<char> segment) => segment.IndexOfAnyExceptInRange('0', '9') < 0;

    private void Add(Endpoint endpoint)
    {
        Node node = _root;
        foreach (string segment in endpoint.Pattern.Split('/').Skip(1))
            node = GetOrAddChild(node, segment, endpoint.Pattern);

        if (node.Endpoint is not null)
            throw new ArgumentException($"The endpoint patterns '{node.Endpoint.Pattern}' and '{endpoint.Pattern}' match the same paths.");
        node.Endpoint = endpoint;
    }

    private static Node GetOrAddChild(Node node, string segment, string pattern)
    {
        if (!segment.StartsWith('{'))
        {
            if (!node.Literals.TryGetValue(segment, out Node? next))
                node.Literals.Add(segment, next = new Node());
            return next;
        }

        SegmentKind kind = segment.TrimEnd('}').Split(':')[^1] switch
        {
            "number" => SegmentKind.Number,
            "identifier" => SegmentKind.Identifier,
            "number_or_name" => SegmentKind.NumberOrName,
            _ => throw new ArgumentException($"The endpoint pattern '{pattern}' has a segment of an unknown kind: '{segment}'."),
        };

        bool ambiguous = kind == SegmentKind.NumberOrName
            ? node.Number is not null || node.Identifier is not null
            : node.NumberOrName is not null;
        if (ambiguous)
            throw new ArgumentException($"The endpoint pattern '{pattern}' is ambiguous: at '{segment}' it matches the same paths as another pattern.");

        return kind switch
        {
            SegmentKind.Number => node.Number ??= new Node(),
            SegmentKind.Identifier => node.Identifier ??= new Node(),
            _ => node.NumberOrName ??= new Node(),
        };
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Literals { get; } = new(StringComparer.Ordinal);

        public Node? Number { get; set; }

        public Node? Identifier { get; set; }

        public Node? NumberOrName { get; set; }

        public Endpoint? Endpoint { get; set; }
    }
}
