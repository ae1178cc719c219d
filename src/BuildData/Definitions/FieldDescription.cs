namespace BuildData;

/// <summary>Describes a field of a resource.</summary>
/// <param name="Name">The name in JSON and in queries, such as <c>state_string</c>.</param>
/// <param name="Type">
/// The type: <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>string</c>, <c>time</c> (whole Unix seconds), <c>result</c> (the number of a
/// <see cref="BuildResult"/>) or <c>json</c> (a list or an object).
/// </param>
/// <param name="IsNullable">Whether the value can be null.</param>
public sealed record FieldDescription(string Name, string Type, bool IsNullable);
