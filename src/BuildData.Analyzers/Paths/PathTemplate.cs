using Microsoft.CodeAnalysis;

namespace BuildData.Analyzers.Paths;

/// <summary>Represents a path in source code, divided into its segments and its query string.</summary>
internal sealed class PathTemplate
{
    private readonly List<PathSegment> _segments = [];
    private readonly List<PathPart> _query = [];

    private PathTemplate()
    {
    }

    /// <summary>Gets the segments of the path.</summary>
    public IReadOnlyList<PathSegment> Segments => _segments;

    /// <summary>Gets the parts of the query string.</summary>
    public IReadOnlyList<PathPart> Query => _query;

    /// <summary>Gets whether the path begins with a hole, so that its beginning is unknown.</summary>
    public bool BeginsWithHole { get; private set; }

    /// <summary>Gets whether the path does not begin with <c>/</c>, or is not percent-encoded UTF-8.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Gets the path as it is shown in messages, without the query string.</summary>
    public string Display { get; private set; } = "";

    /// <summary>Divides the parts of a path.</summary>
    public static PathTemplate Parse(IEnumerable<PathPart> parts)
    {
        var template = new PathTemplate();
        bool inQuery = false;
        foreach (PathPart part in parts)
        {
            if (inQuery)
            {
                template._query.Add(part);
                continue;
            }

            switch (part)
            {
                case { Hole: { } hole }:
                    template.Add(hole, part.IsNumber);
                    break;
                case { IsConstantOfHole: true, Text: { } data }:
                    template.AddToLastSegment(data, data);
                    break;
                case { Text: { } text }:
                    int mark = text.IndexOf('?');
                    inQuery = mark >= 0;
                    template.Add(inQuery ? text.Substring(0, mark) : text);
                    if (inQuery)
                        template._query.Add(PathPart.OfText(text.Substring(mark + 1)));
                    break;
            }
        }

        template.IsMalformed |= template.Segments.Count == 0;
        return template;
    }

    private void Add(string text)
    {
        string[] pieces = text.Split('/');
        AddEncoded(pieces[0]);
        foreach (string piece in pieces.Skip(1))
        {
            _segments.Add(new PathSegment());
            Display += "/";
            AddEncoded(piece);
        }
    }

    private void AddEncoded(string encoded)
    {
        if (encoded.Length == 0)
            return;
        if (PercentEncoding.TryDecode(encoded) is { } decoded)
            AddToLastSegment(decoded, encoded);
        else
            MarkMalformed(encoded);
    }

    private void AddToLastSegment(string decoded, string display)
    {
        if (_segments.Count == 0)
        {
            // The path does not begin with a slash. Its first segment still helps to find the endpoint that was meant.
            IsMalformed = true;
            _segments.Add(new PathSegment());
        }

        _segments[_segments.Count - 1].AddText(decoded, display);
        Display += display;
    }

    private void Add(IOperation hole, bool isNumber)
    {
        string display = $"{{{hole.Syntax}}}";
        Display += display;
        if (_segments.Count == 0)
        {
            BeginsWithHole = true;
            _segments.Add(new PathSegment());
        }

        _segments[_segments.Count - 1].AddHole(isNumber, display);
    }

    private void MarkMalformed(string display)
    {
        IsMalformed = true;
        Display += display;
    }
}
