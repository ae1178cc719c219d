using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>A <see cref="Field"/> of a resource type, which knows its value in a resource as well as its column.</summary>
/// <param name="name">The wire name.</param>
/// <param name="type">The type.</param>
/// <param name="column">The column in the resource's SELECT.</param>
/// <param name="read">The field's value as the column has it; null for what can't be compared.</param>
/// <param name="isNullable">Whether the column may be null.</param>
internal class Field<T>(string name, FieldType type, string column, Func<T, SqlValue>? read, bool isNullable = false)
    : Field(name, type, column, isNullable)
{
    public override bool Matches(object resource, Filter filter) =>
        FilterEvaluator.Matches(this, filter, read!((T)resource));
}
