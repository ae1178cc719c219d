using BuildData.Definitions;
using BuildData.Values;

namespace BuildData.Queries;

/// <summary>Finds what the names in <see cref="ResultSpec.Include"/> stand for.</summary>
internal static class IncludeFinder
{
    // Builds and build requests have an attribute with the selected properties, which the statement of the page reads.
    private const string Properties = "properties";

    /// <summary>Returns the declarations with the given names, without duplicates.</summary>
    /// <exception cref="InvalidQueryException">The resource type has no related data with one of the names.</exception>
    public static IReadOnlyList<Include> Find(ResourceDefinition resource, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return [];

        IReadOnlyList<Include> known = resource is IIncludes { Includes: var all } ? all : [];
        var found = new List<Include>(names.Count);
        foreach (string name in names.Distinct(StringComparer.Ordinal))
        {
            if (known.FirstOrDefault(include => include.Name == name) is { } include)
                found.Add(include);
            else if (name != Properties || !resource.HasProperties)
                throw Unknown(resource, known, name);
        }

        return found;
    }

    /// <summary>Returns whether the names select all properties of builds or build requests, as <see cref="ResultSpec.AllProperties"/> does.</summary>
    public static bool IncludesProperties(ResourceDefinition resource, IReadOnlyList<string> names) =>
        names.Count > 0 && resource.HasProperties && names.Contains(Properties);

    private static InvalidQueryException Unknown(ResourceDefinition resource, IReadOnlyList<Include> known, string name)
    {
        IEnumerable<string> names = [.. known.Select(include => include.Name), .. resource.HasProperties ? [Properties] : Array.Empty<string>()];
        string list = string.Join(", ", names);
        return new InvalidQueryException(
            "include", list.Length == 0 ? $"a {resource.Kind} has no related data to include." : $"a {resource.Kind} can't include '{ShortText.Of(name)}'. It can include {list}.");
    }
}
