namespace BuildData.AspNetCore.Live;

/// <summary>
/// Finds the audiences whose patterns match the key of an event, such as <c>builds/12/finished</c>. In a pattern, <c>*</c> stands for any segment.
/// The patterns form a tree, so a key costs what it matches, however many patterns there are. Not thread-safe.
/// </summary>
internal sealed class SubscriptionKeys
{
    private readonly Node _root = new();

    public void Add(string pattern, Audience audience)
    {
        Node node = _root;
        foreach (string segment in pattern.Split('/'))
        {
            if (!node.Children.TryGetValue(segment, out Node? child))
                node.Children.Add(segment, child = new Node());
            node = child;
        }

        node.Audiences.Add(audience);
    }

    public void Remove(string pattern, Audience audience) => Remove(_root, pattern.Split('/'), audience);

    /// <summary>Adds the audiences of a key to a set.</summary>
    /// <param name="path">The path of the event, such as <c>/builds/12</c>.</param>
    /// <param name="name">The name of the event.</param>
    /// <param name="found">Receives the audiences.</param>
    public void Find(ReadOnlySpan<char> path, string name, HashSet<Audience> found) => Find(_root, path, name, found);

    private static void Find(Node node, ReadOnlySpan<char> path, string name, HashSet<Audience> found)
    {
        if (path.IsEmpty)
        {
            Collect(node, name, found);
            return;
        }

        int end = path[1..].IndexOf('/') + 1;
        ReadOnlySpan<char> segment = end == 0 ? path[1..] : path[1..end];
        ReadOnlySpan<char> rest = end == 0 ? default : path[end..];
        if (node.BySpan.TryGetValue(segment, out Node? child))
            Find(child, rest, name, found);
        if (node.Children.TryGetValue("*", out Node? any))
            Find(any, rest, name, found);
    }

    private static void Collect(Node node, string name, HashSet<Audience> found)
    {
        if (node.Children.TryGetValue(name, out Node? named))
            found.UnionWith(named.Audiences);
        if (node.Children.TryGetValue("*", out Node? any))
            found.UnionWith(any.Audiences);
    }

    private static void Remove(Node node, ReadOnlySpan<string> segments, Audience audience)
    {
        if (segments.IsEmpty)
        {
            node.Audiences.Remove(audience);
            return;
        }

        if (!node.Children.TryGetValue(segments[0], out Node? child))
            return;
        Remove(child, segments[1..], audience);
        if (child.Audiences.Count == 0 && child.Children.Count == 0)
            node.Children.Remove(segments[0]);
    }

    private sealed class Node
    {
        public Node() => BySpan = Children.GetAlternateLookup<ReadOnlySpan<char>>();

        public Dictionary<string, Node> Children { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Node>.AlternateLookup<ReadOnlySpan<char>> BySpan { get; }

        public HashSet<Audience> Audiences { get; } = [];
    }
}
