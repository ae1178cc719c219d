using System.Reflection;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Declares an attribute of the resource type <typeparamref name="T"/>. The library uses this declaration to read, filter and order the
/// attribute.
/// </summary>
/// <typeparam name="T">The public type of the resource.</typeparam>
/// <param name="wireName">The wire name.</param>
/// <param name="type">Specifies how the value is stored and compared.</param>
/// <param name="column">The column or the SQL expression that returns the value. Null if the value is not read from a single column.</param>
/// <param name="getSqlValue">
/// Returns the attribute's value in the form in which the column stores it. Null if this class can't compare the attribute.
/// </param>
/// <param name="isNullable">Whether the column can contain null.</param>
/// <param name="propertyName">
/// The name of the C# property. Null if this name equals the wire name, except for underscores and the case of letters.
/// </param>
internal class Field<T>(string wireName, FieldType type, string? column, Func<T, SqlValue>? getSqlValue, bool isNullable = false, string? propertyName = null)
    : Field(wireName, type, column, isNullable)
{
    /// <summary>Returns the C# property of the attribute.</summary>
    /// <param name="properties">The public properties of the resource type.</param>
    public PropertyInfo FindProperty(PropertyInfo[] properties) =>
        MembersKeptByTrimming.FindProperty(properties, propertyName ?? Name.Replace("_", "", StringComparison.Ordinal))
        ?? throw new ArgumentException($"{typeof(T)} has no property for the field '{Name}'.", nameof(properties));

    public override bool Matches(object resource, Filter filter) =>
        FilterEvaluator.Matches(this, filter, getSqlValue!((T)resource));

    /// <summary>Returns the attribute's value in the form in which the column stores it.</summary>
    public SqlValue ValueOf(T resource) => getSqlValue!(resource);

    /// <summary>Creates the function that reads the field's column and sets a C# property.</summary>
    public virtual ColumnReader<T> CreateReader(PropertyInfo property) => ColumnReaders.Create<T>(property, IsNullable);
}
