using BuildData.Definitions;

namespace BuildData.Queries;

/// <summary>Represents a filter together with the field that it names.</summary>
internal readonly record struct FieldFilter(Field Field, Filter Filter);
