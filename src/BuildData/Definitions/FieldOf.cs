using System.Reflection;
using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Declares an attribute of the resource type <typeparamref name="T"/>. Queries select, convert, filter and order the attribute by this
/// declaration.
/// </summary>
/// <typeparam name="T">The public type of the resource.</typeparam>
/// <param name="wireName">The wire name.</param>
/// <param name="type">Specifies how the value is stored and compared.</param>
/// <param name="column">The column or the SQL expression; null if the field is not read from one column.</param>
/// <param name="getSqlValue">
/// The function that returns the attribute's value in the form in which the column stores it. The function itself is null if the attribute
/// can't be compared.
/// </param>
/// <param name="isNullable">Whether the column can contain null.</param>
/// <param name="propertyName">
/// The name of the C# property. If null, the name is the wire name without underscores. The case of letters does not matter.
/// </param>
internal class Field<T>(string wireName, FieldType type, string? column, Func<T, SqlValue>? getSqlValue, bool isNullable = false, string? propertyName = null)
    : Field(wireName, type, column, isNullable)
{
    /// <summary>Gets the C# property.</summary>
    public PropertyInfo Property { get; } =
        typeof(T).GetProperty(propertyName ?? wireName.Replace("_", "", StringComparison.Ordinal), BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase)
        ?? throw new ArgumentException($"{typeof(T)} has no property for the field '{wireName}'.", nameof(propertyName));

    public override bool Matches(object resource, Filter filter) =>
        FilterEvaluator.Matches(this, filter, getSqlValue!((T)resource));

    /// <summary>Creates the function that reads the field's column and sets the C# property.</summary>
    public virtual ColumnReader<T> CreateReader() => ColumnReaders.Create<T>(Property, IsNullable);
}
