using System.Data.Common;
using System.Reflection;
using BuildData.Values;

namespace BuildData.Sql;

/// <summary>Reads a column of the current row into an object's C# property.</summary>
/// <param name="target">The object whose property is set.</param>
/// <param name="row">The reader, positioned on the row.</param>
/// <param name="ordinal">The index of the column.</param>
internal delegate void ColumnReader<in T>(T target, DbDataReader row, int ordinal);

/// <summary>Creates <see cref="ColumnReader{T}"/> functions. The type of the C# property determines how a stored value is converted.</summary>
/// <remarks>
/// These functions do not use Dapper. Dapper applies the type handlers that the host program has registered, for example for times.
/// Those handlers expect the values of the host program's own database. The functions also avoid boxing.
/// </remarks>
internal static class ColumnReaders
{
    /// <summary>Creates a function that reads a column and sets a C# property to text, a number, a flag, a time or a result code.</summary>
    /// <param name="property">The C# property.</param>
    /// <param name="isNullable">Whether the column can contain null.</param>
    /// <exception cref="NotSupportedException">A property of this type can't be read from the column.</exception>
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
