using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Declares an attribute of the resource type <typeparamref name="T"/>. Queries select, convert, filter and order the attribute by this
/// declaration.
/// </summary>
/// <typeparam name="T">The public type of the resource.</typeparam>
/// <param name="name">The wire name.</param>
/// <param name="type">Specifies how the value is stored and compared.</param>
/// <param name="column">The column or the SQL expression; null if the field is not read from one column.</param>
/// <param name="value">
/// The function that returns the attribute's value in the form in which the column stores it. The function itself is null if the attribute
/// can't be compared.
/// </param>
/// <param name="isNullable">Whether the column can contain null.</param>
/// <param name="property">
/// The name of the C# property. If null, the name is the wire name without underscores. The case of letters does not matter.
/// </param>
internal class Field<[DynamicallyAccessedMembers(MappedMembers.All)] T>(string name, FieldType type, string? column, Func<T, SqlValue>? value, bool isNullable = false, string? property = null)
    : Field(name, type, column, isNullable)
{
    /// <summary>Gets the C# property.</summary>
    public PropertyInfo Property { get; } =
        MappedMembers.FindProperty(typeof(T), property ?? name.Replace("_", "", StringComparison.Ordinal))
        ?? throw new ArgumentException($"{typeof(T)} has no property for the field '{name}'.", nameof(property));

    public override bool Matches(object resource, Filter filter) =>
        FilterEvaluator.Matches(this, filter, value!((T)resource));

    /// <summary>Creates the function that reads the field's column and sets the C# property.</summary>
    public virtual ColumnReader<T> CreateReader() => ColumnReaders.Create<T>(Property, IsNullable);
}
