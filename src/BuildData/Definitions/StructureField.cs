namespace BuildData.Definitions;

/// <summary>Represents a list or a map that is not stored in a column of the resource, but for example in rows of another table.</summary>
/// <param name="name">The wire name.</param>
/// <param name="column">The column; null if there is none.</param>
internal class StructureField<T>(string name, string? column = null) : Field<T>(name, FieldType.Structure, column, value: null, isNullable: true);

/// <summary>Represents a list or a map that is stored as text in a column.</summary>
/// <param name="name">The wire name.</param>
/// <param name="column">The column.</param>
/// <param name="parse">Converts the column's text, which may be null.</param>
internal sealed class StructureField<T, TValue>(string name, string column, Func<string?, TValue> parse) : StructureField<T>(name, column)
{
    public override ColumnReader<T> CreateReader() =>
        ColumnReaders.Create<T, TValue>(Property, (row, i) => parse(row.IsDBNull(i) ? null : row.GetString(i)));
}
