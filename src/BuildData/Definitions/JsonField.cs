using System.Reflection;
using BuildData.Sql;

namespace BuildData.Definitions;

/// <summary>
/// Declares an attribute that is an array or an object in JSON. This class does not read the value from a column. For example, the value
/// can come from rows of another table.
/// </summary>
/// <param name="wireName">The wire name.</param>
/// <param name="column">The column, if a derived class reads the value from one; otherwise null.</param>
internal class JsonField<T>(string wireName, string? column = null) : Field<T>(wireName, FieldType.Json, column, getSqlValue: null, isNullable: true);

/// <summary>
/// Declares an attribute that is an array or an object in JSON. The value is stored as text in one column, such as the URLs of a step.
/// </summary>
/// <param name="wireName">The wire name.</param>
/// <param name="column">The column that contains the text.</param>
/// <param name="parseText">Converts the column's text to the attribute's value. The text is null if the column contains null.</param>
internal sealed class JsonFieldStoredAsText<T, TValue>(string wireName, string column, Func<string?, TValue> parseText) : JsonField<T>(wireName, column)
{
    public override ColumnReader<T> CreateReader(PropertyInfo property) =>
        ColumnReaders.Create<T, TValue>(property, (row, i) => parseText(row.IsDBNull(i) ? null : row.GetString(i)));
}
