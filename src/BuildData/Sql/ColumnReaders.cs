using System.Data.Common;
using System.Reflection;
using BuildData.Values;

namespace BuildData.Sql;

/// <summary>Reads a column of the current row, and sets a C# property of an object to the value.</summary>
/// <param name="target">The object whose property is set.</param>
/// <param name="row">The reader, positioned on the row.</param>
/// <param name="ordinal">The index of the column.</param>
internal delegate void ColumnReader<in T>(T target, DbDataReader row, int ordinal);

/// <summary>
/// Creates <see cref="ColumnReader{T}"/> functions. Each function reads a column and sets a C# property. The type of the C# property
/// determines how the value is converted.
/// </summary>
/// <remarks>
/// These functions do not use Dapper, because Dapper applies the type handlers that the host program has registered. Such a handler is made
/// for the values in the host program's own database. For example, that database can have another format of times. For speed, the functions
/// do not box values.
/// </remarks>
internal static class ColumnReaders
{
    /// <summary>
    /// Creates a function that reads a column and sets a C# property. The property can have the type text, number, flag, time or result code.
    /// </summary>
    /// <param name="property">The C# property.</param>
    /// <param name="isNullable">Whether the column can contain null.</param>
    /// <exception cref="NotSupportedException">
    /// The property has another type, or its type does not fit <paramref name="isNullable"/>.
    /// </exception>
    public static ColumnReader<T> Create<T>(PropertyInfo property, bool isNullable) => (Type.GetTypeCode(property.PropertyType), isNullable) switch
    {
        (TypeCode.String, true) => Create<T, string?>(property, static (row, i) => row.IsDBNull(i) ? null : row.GetString(i)),
        (TypeCode.String, false) => Create<T, string>(property, static (row, i) => row.GetString(i)),
        (TypeCode.Int64, false) => Create<T, long>(property, static (row, i) => row.GetInt64(i)),
        (TypeCode.Boolean, false) => Create<T, bool>(property, static (row, i) => row.GetInt64(i) != 0),
        _ when property.PropertyType == typeof(DateTimeOffset) && !isNullable =>
            Create<T, DateTimeOffset>(property, static (row, i) => Timestamp.FromMicroseconds(row.GetInt64(i))),
        _ when property.PropertyType == typeof(DateTimeOffset?) && isNullable =>
            Create<T, DateTimeOffset?>(property, static (row, i) => row.IsDBNull(i) ? null : Timestamp.FromMicroseconds(row.GetInt64(i))),
        _ when property.PropertyType == typeof(long?) && isNullable =>
            Create<T, long?>(property, static (row, i) => row.IsDBNull(i) ? null : row.GetInt64(i)),
        _ when property.PropertyType == typeof(BuildResult?) && isNullable =>
            Create<T, BuildResult?>(property, static (row, i) => row.IsDBNull(i) ? null : (BuildResult)row.GetInt64(i)),
        _ => throw new NotSupportedException(
            $"The property {property.DeclaringType}.{property.Name} is a {property.PropertyType}, which can't be read from a column{(isNullable ? " that may be null" : "")}."),
    };

    /// <summary>Creates a function that reads a column and sets a C# property.</summary>
    /// <param name="property">The C# property.</param>
    /// <param name="read">Reads the property's value from the current row. The integer is the index of the column.</param>
    public static ColumnReader<T> Create<T, TValue>(PropertyInfo property, Func<DbDataReader, int, TValue> read)
    {
        Action<T, TValue> set = property.SetMethod!.CreateDelegate<Action<T, TValue>>();
        return (target, row, ordinal) => set(target, read(row, ordinal));
    }
}
