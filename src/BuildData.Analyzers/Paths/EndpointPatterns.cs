using System.Reflection;

namespace BuildData.Analyzers.Paths;

/// <summary>Provides the endpoints of the library, from its list.</summary>
internal static class EndpointPatterns
{
    /// <summary>Gets all endpoints, in the order of the list.</summary>
    public static IReadOnlyList<EndpointPattern> All { get; } = Read();

    private static EndpointPattern[] Read()
    {
        using Stream list = typeof(EndpointPatterns).GetTypeInfo().Assembly.GetManifestResourceStream("Endpoints.txt");
        using var reader = new StreamReader(list);
        return [.. reader.ReadToEnd().Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(EndpointPattern.Parse)];
    }
}
