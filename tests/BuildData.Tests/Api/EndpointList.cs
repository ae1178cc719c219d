using System.Text.RegularExpressions;

namespace BuildData.Tests;

/// <summary>All endpoints with what they return, as the approved list and the documentation have them.</summary>
internal static partial class EndpointList
{
    public static IEnumerable<string> Lines() =>
        Rows().Select(row => $"{row.Path} => {row.Result}");

    public static IEnumerable<(string Path, string Result)> Rows() =>
        Catalog.EndpointList
            .Select(endpoint => (
                Path: Kind().Replace(endpoint.Pattern, "}"),
                Result: endpoint.IsCollection ? $"GetAll<{endpoint.Result.Name}>" : $"Get<{endpoint.Result.Name}>"))
            .OrderBy(row => row.Path, StringComparer.Ordinal);

    [GeneratedRegex(":[a-z_]+}")]
    private static partial Regex Kind();
}
