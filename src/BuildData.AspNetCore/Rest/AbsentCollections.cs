using System.Collections.Frozen;

namespace BuildData.AspNetCore.Rest;

/// <summary>
/// Lists the collections that clients of the reference system ask for, and that this library does not have. Their answers are empty lists, because
/// such clients fail at a missing one.
/// </summary>
internal static class AbsentCollections
{
    // The last segment of the path, and the name in the answer.
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["changes"] = "changes",
        ["schedulers"] = "schedulers",
        ["forceschedulers"] = "forceschedulers",
        ["projects"] = "projects",
        ["changesources"] = "changesources",
        ["codebases"] = "codebases",
        ["commits"] = "commits",
        ["branches"] = "branches",
        ["test_result_sets"] = "test_result_sets",
        ["test_results"] = "test_results",
        ["test_code_paths"] = "test_code_paths",
        ["test_names"] = "test_names",
        ["data"] = "build_data",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> ByPath = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Returns the name in the answer, if a path ends with one of these collections; otherwise null.</summary>
    /// <param name="path">The data path, with or without a query string.</param>
    public static string? Find(string path)
    {
        int mark = path.IndexOf('?', StringComparison.Ordinal);
        ReadOnlySpan<char> endpoint = mark < 0 ? path : path.AsSpan(0, mark);
        return ByPath.TryGetValue(endpoint[(endpoint.LastIndexOf('/') + 1)..], out string? name) ? name : null;
    }
}
