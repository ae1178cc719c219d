using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace BuildData.Sql;

/// <summary>
/// Creates functions that convert a row to an object without Dapper. Native and trimmed programs use these functions. Each column is read
/// into the C# property with the same name. The case of letters does not matter.
/// </summary>
internal static class TypedRowParsers
{
    /// <summary>Creates a function that converts a range of columns to an object.</summary>
    /// <typeparam name="TRow">The type of the object: a number, a text, or a class with a C# property for each column.</typeparam>
    /// <param name="row">The reader whose columns are read.</param>
    /// <param name="start">The index of the first column.</param>
    /// <param name="length">The number of columns; -1 for all columns from <paramref name="start"/>.</param>
    /// <exception cref="NotSupportedException">
    /// There is no C# property with the name of a column, or the type of the C# property can't be read from a column.
    /// </exception>
    public static Func<DbDataReader, TRow> Create<[DynamicallyAccessedMembers(MembersKeptByTrimming.ConstructorAndProperties)] TRow>(DbDataReader row, int start, int length)
    {
        if (typeof(TRow) == typeof(long))
            return Cast<TRow, long>(row => row.GetInt64(start));
        if (typeof(TRow) == typeof(long?))
            return Cast<TRow, long?>(row => row.IsDBNull(start) ? null : row.GetInt64(start));
        if (typeof(TRow) == typeof(string))
            return Cast<TRow, string?>(row => row.IsDBNull(start) ? null : row.GetString(start));

        int count = length < 0 ? row.FieldCount - start : length;
        ColumnReader<TRow>[] readers = [.. Enumerable.Range(start, count).Select(ordinal => CreateReader<TRow>(row.GetName(ordinal)))];
        return current =>
        {
            TRow result = Activator.CreateInstance<TRow>();
            for (int i = 0; i < readers.Length; i++)
                readers[i](result, current, start + i);
            return result;
        };
    }

    private static ColumnReader<TRow> CreateReader<[DynamicallyAccessedMembers(MembersKeptByTrimming.ConstructorAndProperties)] TRow>(string column)
    {
        PropertyInfo property = MembersKeptByTrimming.FindProperty(typeof(TRow).GetProperties(), column)
            ?? throw new NotSupportedException($"{typeof(TRow)} has no property for the column '{column}'.");
        return ColumnReaders.Create<TRow>(property, isNullable: !property.PropertyType.IsValueType || Nullable.GetUnderlyingType(property.PropertyType) is not null);
    }

    private static Func<DbDataReader, TRow> Cast<TRow, TValue>(Func<DbDataReader, TValue> parser) => (Func<DbDataReader, TRow>)(object)parser;
}
