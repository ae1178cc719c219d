namespace BuildData.Paths;

/// <summary>Creates the typed query of a path that matches an endpoint pattern.</summary>
internal delegate Query QueryFactory(in PathCaptures captures);

/// <summary>
/// Represents an endpoint: a path pattern such as <c>/builds/{buildid:number}/steps</c>, its typed query and its result type.
/// </summary>
/// <param name="Pattern">The path pattern. A variable segment has the form <c>{name:kind}</c>.</param>
/// <param name="Result">The resource type.</param>
/// <param name="IsCollection">Whether the endpoint returns a collection.</param>
/// <param name="Query">Creates the typed query.</param>
internal sealed record Endpoint(string Pattern, Type Result, bool IsCollection, QueryFactory Query)
{
    /// <summary>Creates an endpoint that returns a collection.</summary>
    public static Endpoint All<T>(string pattern, QueryFactory query) => new(pattern, typeof(T), true, query);

    /// <summary>Creates an endpoint that returns one resource, or null.</summary>
    public static Endpoint One<T>(string pattern, QueryFactory query) => new(pattern, typeof(T), false, query);
}
