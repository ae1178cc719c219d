namespace BuildData.Paths;

/// <summary>
/// Represents an endpoint: a path pattern such as <c>/builds/{buildid:number}/steps</c>, with the typed query that reads the result.
/// </summary>
/// <param name="Pattern">The path pattern. A variable segment has the form <c>{name:kind}</c>.</param>
/// <param name="ResultType">The C# type of each returned resource.</param>
/// <param name="IsCollection">Whether the endpoint returns a collection.</param>
/// <param name="CreateQuery">Creates the typed query of a path that matches the pattern.</param>
internal sealed record Endpoint(string Pattern, Type ResultType, bool IsCollection, QueryFactory CreateQuery)
{
    /// <summary>Gets the pattern without the kinds of its variable segments, such as <c>/builds/{buildid}/steps</c>.</summary>
    public string ShortPattern { get; } = string.Join('/', Pattern.Split('/').Select(static segment => segment.Contains(':') ? segment[..segment.IndexOf(':')] + "}" : segment));

    /// <summary>Creates an endpoint that returns a collection.</summary>
    public static Endpoint All<T>(string pattern, QueryFactory createQuery) => new(pattern, typeof(T), true, createQuery);

    /// <summary>Creates an endpoint that returns one resource, or null.</summary>
    public static Endpoint One<T>(string pattern, QueryFactory createQuery) => new(pattern, typeof(T), false, createQuery);
}
