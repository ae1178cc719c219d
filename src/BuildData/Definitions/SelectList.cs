using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using BuildData.Sql;

namespace BuildData.Definitions;

/// <summary>Represents the columns that a SELECT returns for each object of a type. Also reads the objects from the rows.</summary>
/// <typeparam name="T">The type of the objects.</typeparam>
/// <param name="columns">The columns or SQL expressions.</param>
/// <param name="read">Reads an object from the current row. The integer is the index of the object's first column.</param>
internal sealed class SelectList<T>(IReadOnlyList<string> columns, Func<DbDataReader, int, T> read)
{
    /// <summary>Gets the SQL text of the columns: <c>step.id, step.name, …</c>.</summary>
    public string Text { get; } = string.Join(", ", columns);

    /// <summary>Gets the number of columns.</summary>
    public int Count => columns.Count;

    /// <summary>Reads an object from the current row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="start">The index of the object's first column.</param>
    public T Read(DbDataReader row, int start = 0) => read(row, start);

    /// <summary>
    /// Creates a select list with the columns of this list, followed by the columns of an optional part of the object. For example, the
    /// optional part of a source stamp is its patch. If the first column of the part is null, the object has no part.
    /// </summary>
    /// <param name="part">The columns of the part.</param>
    /// <param name="add">Combines an object and its part: returns the object with the part.</param>
    public SelectList<T> WithPart<TPart>(SelectList<TPart> part, Func<T, TPart, T> add) =>
        new([.. columns, .. part.Columns], (row, start) =>
        {
            T whole = read(row, start);
            int partStart = start + columns.Count;
            return row.IsDBNull(partStart) ? whole : add(whole, part.Read(row, partStart));
        });

    private IReadOnlyList<string> Columns => columns;
}

/// <summary>Creates select lists.</summary>
internal static class SelectLists
{
    /// <summary>Creates a select list of the columns of fields. The C# property of a field without a column keeps its default value.</summary>
    public static SelectList<T> FromFields<[DynamicallyAccessedMembers(MembersKeptByTrimming.ConstructorAndProperties)] T>(IEnumerable<Field<T>> fields)
    {
        Field<T>[] stored = [.. fields.Where(field => field.Column is not null)];
        PropertyInfo[] properties = typeof(T).GetProperties();
        ColumnReader<T>[] readers = [.. stored.Select(field => field.CreateReader(field.FindProperty(properties)))];
        return new SelectList<T>([.. stored.Select(field => field.Column!)], (row, start) =>
        {
            T resource = Activator.CreateInstance<T>();
            for (int i = 0; i < readers.Length; i++)
                readers[i](resource, row, start + i);
            return resource;
        });
    }
}
