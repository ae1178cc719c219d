using System.Reflection;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Represents a <see cref="Field"/> of one resource type. It is the only declaration of the field for reading: it is selected, converted,
/// filtered and ordered by what is declared here.
/// </summary>
/// <typeparam name="T">The public type of the resource.</typeparam>
/// <param name="name">The wire name.</param>
/// <param name="type">The type.</param>
/// <param name="column">The column or the SQL expression; null if the field is not read from one column.</param>
/// <param name="value">Returns the field's value in the form in which the column stores it; null if the field can't be compared.</param>
/// <param name="isNullable">Whether the column may be null.</param>
/// <param name="property">
/// The C# property; null if its name is the wire name without underscores. Upper case and lower case are not distinguished.
/// </param>
internal class Field<T>(string name, FieldType type, string? column, Func<T, SqlValue>? value, bool isNullable = false, string? property = null)
    : Field(name, type, column, isNullable)
{
    /// <summary>Gets the C# property.</summary>
    public PropertyInfo Property { get; } =
        typeof(T).GetProperty(property ?? name.Replace("_", "", StringComparison.Ordinal), BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)
        ?? throw new ArgumentException($"{typeof(T)} has no property for the field '{name}'.", nameof(property));

    public override bool Matches(object resource, Filter filter) =>
        FilterEvaluator.Matches(this, filter, value!((T)resource));

    /// <summary>Creates the function that reads the field's column.</summary>
    public virtual ColumnReader<T> CreateReader() => ColumnReaders.Create<T>(Property, IsNullable);
}
