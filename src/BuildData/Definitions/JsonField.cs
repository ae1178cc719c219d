using System.Diagnostics.CodeAnalysis;
using BuildData.Sql;

namespace BuildData.Definitions;

/// <summary>
/// Declares an attribute whose wire form is a JSON array or object. Its value is not read from a column, but for example from rows of
/// another table.
/// </summary>
/// <param name="name">The wire name.</param>
/// <param name="column">The column, for derived classes that read one; otherwise null.</param>
internal class JsonField<[DynamicallyAccessedMembers(MappedMembers.All)] T>(string name, string? column = null) : Field<T>(name, FieldType.Json, column, value: null, isNullable: true);

/// <summary>Declares an attribute whose wire form is a JSON array or object, and whose value is stored as text in a column.</summary>
/// <param name="name">The wire name.</param>
/// <param name="column">The column.</param>
/// <param name="parse">Converts the column's text to the value. The text is null if the column contains null.</param>
internal sealed class JsonColumnField<[DynamicallyAccessedMembers(MappedMembers.All)] T, TValue>(string name, string column, Func<string?, TValue> parse) : JsonField<T>(name, column)
{
    public override ColumnReader<T> CreateReader() =>
        ColumnReaders.Create<T, TValue>(Property, (row, i) => parse(row.IsDBNull(i) ? null : row.GetString(i)));
}
