using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>Represents a <see cref="Field"/> whose value can also be read from a resource.</summary>
/// <param name="name">The wire name.</param>
/// <param name="type">The type.</param>
/// <param name="column">The column in the resource's SELECT.</param>
/// <param name="read">Reads the field's value in the form in which the column stores it; null if the field can't be compared.</param>
/// <param name="isNullable">Whether the column may be null.</param>
internal class Field<T>(string name, FieldType type, string column, Func<T, SqlValue>? read, bool isNullable = false)
    : Field(name, type, column, isNullable)
{
    public override bool Matches(object resource, Filter filter) =>
        FilterEvaluator.Matches(this, filter, read!((T)resource));
}
