using BuildData.Definitions;

namespace BuildData.Events;

/// <summary>
/// Finds the subscriptions with a pattern that matches the path of an event. The patterns form a tree. Each level of the tree is a segment.
/// Therefore the cost of a search grows with the number of matches, not with the number of subscriptions. Not thread-safe.
/// </summary>
internal sealed class SubscriptionPatternTree
{
    private readonly Node _root = new();

    /// <summary>Adds the buffer of a subscription under each of its patterns.</summary>
    public void Add(SubscriptionBuffer buffer)
    {
        foreach (EventPattern pattern in buffer.Filter.Patterns)
        {
            Node node = _root;
            foreach (PatternSegment segment in pattern.Segments)
                node = node.GetOrAddChild(segment);
            node.Buffers.Add(buffer);
        }
    }

    /// <summary>Removes the buffer of a subscription from each of its patterns.</summary>
    public void Remove(SubscriptionBuffer buffer)
    {
        foreach (EventPattern pattern in buffer.Filter.Patterns)
            Remove(_root, buffer, pattern, 0);
    }

    /// <summary>
    /// Adds buffers to a list: the buffers of all subscriptions with a pattern that matches a path. If several patterns of a subscription
    /// match, its buffer is added several times.
    /// </summary>
    /// <param name="path">The path of an event.</param>
    /// <param name="matches">The list to which the buffers are added.</param>
    public void AddMatches(in EventPath path, List<SubscriptionBuffer> matches) => AddMatches(_root, path, 0, matches);

    private static void AddMatches(Node node, in EventPath path, int depth, List<SubscriptionBuffer> matches)
    {
        if (depth == path.Length)
        {
            matches.AddRange(node.Buffers);
            return;
        }

        (string? word, long id) = path[depth];
        if (node.Any is { } any)
            AddMatches(any, path, depth + 1, matches);
        if (word is not null ? node.Words.TryGetValue(word, out Node? next) : node.Ids.TryGetValue(id, out next))
            AddMatches(next, path, depth + 1, matches);
    }

    private static void Remove(Node node, SubscriptionBuffer buffer, EventPattern pattern, int depth)
    {
        if (depth == pattern.Segments.Count)
        {
            node.Buffers.Remove(buffer);
            return;
        }

        PatternSegment segment = pattern.Segments[depth];
        if (node.GetChild(segment) is not { } next)
            return;

        Remove(next, buffer, pattern, depth + 1);
        if (next.IsEmpty)
            node.RemoveChild(segment);
    }

    /// <summary>Represents the first segments of one or more patterns. Each child adds one segment.</summary>
    private sealed class Node
    {
        /// <summary>Gets the children for segments that are a word.</summary>
        public Dictionary<string, Node> Words { get; } = new(StringComparer.Ordinal);

        /// <summary>Gets the children for segments that are an id.</summary>
        public Dictionary<long, Node> Ids { get; } = [];

        /// <summary>Gets the child for the segment <c>*</c>.</summary>
        public Node? Any { get; private set; }

        /// <summary>Gets the buffers with a pattern that ends here.</summary>
        public HashSet<SubscriptionBuffer> Buffers { get; } = [];

        public bool IsEmpty => Any is null && Words.Count == 0 && Ids.Count == 0 && Buffers.Count == 0;

        public Node? GetChild(PatternSegment segment) =>
            segment.Word is { } word ? Words.GetValueOrDefault(word)
            : segment.Id is { } id ? Ids.GetValueOrDefault(id)
            : Any;

        public Node GetOrAddChild(PatternSegment segment)
        {
            if (GetChild(segment) is { } known)
                return known;

            var added = new Node();
            if (segment.Word is { } word)
                Words.Add(word, added);
            else if (segment.Id is { } id)
                Ids.Add(id, added);
            else
                Any = added;
            return added;
        }

        public void RemoveChild(PatternSegment segment)
        {
            if (segment.Word is { } word)
                Words.Remove(word);
            else if (segment.Id is { } id)
                Ids.Remove(id);
            else
                Any = null;
        }
    }
}
