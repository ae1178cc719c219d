namespace BuildData.Torture.Model;

/// <summary>Compares what a model expects with what was read from a store.</summary>
internal static class StateComparison
{
    /// <summary>Returns the lines that differ; null if none do. An id that the model does not know can be any.</summary>
    public static string? FindDifference(ProjectState expected, ProjectState observed)
    {
        expected = UnknownIds.Replace(expected, observed);
        (string[] want, string[] have) = (StateText.Of(expected).Split('\n'), StateText.Of(observed).Split('\n'));
        string[] missing = [.. Subtract(want, have)];
        string[] extra = [.. Subtract(have, want)];
        return missing.Length + extra.Length == 0 ? null : string.Join('\n', [.. missing.Select(line => $"- expected {line}"), .. extra.Select(line => $"+ stored   {line}")]);
    }

    private static List<string> Subtract(string[] lines, string[] others)
    {
        List<string> rest = [.. lines];
        foreach (string other in others)
            rest.Remove(other);
        return rest;
    }
}
