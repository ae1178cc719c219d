using System.Text.RegularExpressions;
using BuildData.Paths;
using BuildData.Resources;

namespace BuildData.Tests;

/// <summary>Lists all endpoints with what they return, in the form of the library's list and of the documentation.</summary>
internal static partial class EndpointList
{
    /// <summary>Returns the lines of the library's list. The variable segments of the paths have kinds.</summary>
    public static IEnumerable<string> Lines() =>
        Endpoints().Select(endpoint => $"{endpoint.Pattern} => {Result(endpoint)}");

    /// <summary>Returns the rows of the table in the documentation. The variable segments of the paths have no kinds.</summary>
    public static IEnumerable<(string Path, string Result)> Rows() =>
        Endpoints().Select(endpoint => (Kind().Replace(endpoint.Pattern, "}"), Result(endpoint)));

    private static IEnumerable<Endpoint> Endpoints() => ResourceTypes.Endpoints.OrderBy(endpoint => endpoint.Pattern, StringComparer.Ordinal);

    private static string Result(Endpoint endpoint) => $"{(endpoint.IsCollection ? "GetAll" : "Get")}<{endpoint.ResultType.Name}>";

    [GeneratedRegex(":[a-z_]+}")]
    private static partial Regex Kind();
}
