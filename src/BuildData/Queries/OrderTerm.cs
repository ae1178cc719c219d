using BuildData.Definitions;

namespace BuildData.Queries;

/// <summary>Represents a term of an ORDER BY clause: a field and a direction.</summary>
internal readonly record struct OrderTerm(Field Field, bool Descending);
