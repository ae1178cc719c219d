using BuildData.Definitions;

namespace BuildData.Events;

/// <summary>
/// Finds the subscriptions with a pattern that matches the path of an event. The patterns form a tree of segments, so the cost grows with
/// the number of matches, not with the number of subscriptions. Not thread-safe.
/// </summary>
internal sealed class SubscriptionIndex
{
    private readonly Node _root = new();

    public void Add(Subscription subscription)
    {
        foreach (EventPattern pattern in subscription.Filter.Patterns)
        {
            Node node = _root;
            foreach (EventSegment segment in pattern.Segments)
                node = node.GetOrAdd(segment);
            node.Subscriptions.Add(subscription);
        }
    }

    public void Remove(Subscription subscription)
    {
        foreach (EventPattern pattern in subscription.Filter.Patterns)
            Remove(_root, subscription, pattern, 0);
    }

    /// <summary>Adds the subscriptions that match the path to <paramref name="found"/>. A subscription can be added more than once.</summary>
    public void Find(in EventPath path, List<Subscription> found) => Find(_root, path, 0, found);

    private static void Find(Node node, in EventPath path, int depth, List<Subscription> found)
    {
        if (depth == path.Length)
        {
            found.AddRange(node.Subscriptions);
            return;
        }

        (string? word, long id) = path[depth];
        if (node.Any is { } any)
            Find(any, path, depth + 1, found);
        if (word is not null ? node.Words.TryGetValue(word, out Node? next) : node.Ids.TryGetValue(id, out next))
            Find(next, path, depth + 1, found);
    }

    private static void Remove(Node node, Subscription subscription, EventPattern pattern, int depth)
    {
        if (depth == pattern.Segments.Count)
        {
            node.Subscriptions.Remove(subscription);
            return;
        }

        EventSegment segment = pattern.Segments[depth];
        if (node.Get(segment) is not { } next)
            return;

        Remove(next, subscription, pattern, depth + 1);
        if (next.IsEmpty)
            node.Drop(segment);
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Words { get; } = new(StringComparer.Ordinal);

        public Dictionary<long, Node> Ids { get; } = [];

        public Node? Any { get; private set; }

        public HashSet<Subscription> Subscriptions { get; } = [];

        public bool IsEmpty => Any is null && Words.Count == 0 && Ids.Count == 0 && Subscriptions.Count == 0;

        public Node? Get(EventSegment segment) =>
            segment.Word is { } word ? Words.GetValueOrDefault(word)
            : segment.Id is { } id ? Ids.GetValueOrDefault(id)
            : Any;

        public Node GetOrAdd(EventSegment segment)
        {
            if (Get(segment) is { } known)
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

        public void Drop(EventSegment segment)
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
