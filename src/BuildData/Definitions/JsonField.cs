namespace BuildData.Definitions;

/// <summary>
/// Declares an attribute whose wire form is a JSON array or object. Its value is not read from a column, but for example from rows of
/// another table.
/// </summary>
/// <param name="wireName">The wire name.</param>
/// <param name="column">The column, for derived classes that read one; otherwise null.</param>
internal class JsonField<T>(string wireName, string? column = null) : Field<T>(wireName, FieldType.Json, column, getSqlValue: null, isNullable: true);

/// <summary>Declares an attribute whose wire form is a JSON array or object, and whose value is stored as text in a column.</summary>
/// <param name="wireName">The wire name.</param>
/// <param name="column">The column.</param>
/// <param name="parseText">Converts the column's text to the value. The text is null if the column contains null.</param>
internal sealed class JsonFieldStoredAsText<T, TValue>(string wireName, string column, Func<string?, TValue> parseText) : JsonField<T>(wireName, column)
{
    public override ColumnReader<T> CreateReader() =>
        ColumnReaders.Create<T, TValue>(Property, (row, i) => parseText(row.IsDBNull(i) ? null : row.GetString(i)));
}
