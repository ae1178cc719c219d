namespace BuildData.Paths;

/// <summary>Makes the typed query of a path that matched.</summary>
internal delegate Query QueryFactory(in PathCaptures captures);

/// <summary>
/// A path that can be asked for: a pattern such as <c>/builds/{buildid:number}/steps</c>, the query it becomes and what it
/// gives.
/// </summary>
internal sealed record Endpoint(string Pattern, Type Result, bool IsCollection, QueryFactory Query)
{
    /// <summary>An endpoint that gives all resources that belong to it.</summary>
    public static Endpoint All<T>(string pattern, QueryFactory query) => new(pattern, typeof(T), true, query);

    /// <summary>An endpoint that gives one resource, or null.</summary>
    public static Endpoint One<T>(string pattern, QueryFactory query) => new(pattern, typeof(T), false, query);
}
