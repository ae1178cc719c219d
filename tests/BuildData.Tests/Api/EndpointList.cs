using System.Text.RegularExpressions;
using BuildData.Resources;

namespace BuildData.Tests;

/// <summary>Lists all endpoints with what they return, in the form of the approved list and the documentation.</summary>
internal static partial class EndpointList
{
    public static IEnumerable<string> Lines() =>
        Rows().Select(row => $"{row.Path} => {row.Result}");

    public static IEnumerable<(string Path, string Result)> Rows() =>
        ResourceTypes.Endpoints
            .Select(endpoint => (
                Path: Kind().Replace(endpoint.Pattern, "}"),
                Result: endpoint.IsCollection ? $"GetAll<{endpoint.ResultType.Name}>" : $"Get<{endpoint.ResultType.Name}>"))
            .OrderBy(row => row.Path, StringComparer.Ordinal);

    [GeneratedRegex(":[a-z_]+}")]
    private static partial Regex Kind();
}
