namespace BuildData.Torture.Followers;

/// <summary>Decides whether a path matches a pattern, as the documentation describes it.</summary>
internal static class PatternMatch
{
    /// <summary>Returns whether a path matches a pattern in which <c>*</c> stands for any segment. A query string of the pattern is ignored.</summary>
    public static bool Matches(string pattern, string path)
    {
        string[] wanted = pattern.Split('?')[0].Split('/');
        string[] segments = path.Split('/');
        return wanted.Length == segments.Length && wanted.Zip(segments).All(pair => pair.First == "*" || pair.First == pair.Second);
    }
}
