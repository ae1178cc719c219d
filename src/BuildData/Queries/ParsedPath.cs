using BuildData.Queries;

namespace BuildData;

/// <summary>Represents a parsed path: a typed query, and the options of the query string. <see cref="DataApi.ParsePath"/> returns it.</summary>
/// <param name="Query">The typed query of the path.</param>
/// <param name="Spec">The query options. Empty if the path has no query string.</param>
public sealed record ParsedPath(Query Query, ResultSpec Spec);
