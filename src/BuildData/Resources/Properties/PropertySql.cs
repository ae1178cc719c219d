using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.Properties;

/// <summary>Provides the SQL that reads properties, and converts the rows.</summary>
internal static class PropertySql
{
    /// <summary>The columns of a property in a table with the alias <c>property</c>.</summary>
    public static readonly SelectList<KeyValuePair<string, Property>> Columns = new(
        ["property.name", "property.value", "property.source"],
        static (row, start) => new(row.GetString(start), Property.FromStore(row.GetString(start + 1), row.GetString(start + 2))));

    private static readonly SelectList<long> Owner = new(["owner.id"], static (row, start) => row.GetInt64(start));

    /// <summary>
    /// The columns of a statement for <see cref="CreateSink"/>: the id in the table <c>owner</c>, and the columns of the table
    /// <c>property</c>.
    /// </summary>
    public static readonly string ColumnsWithOwner = $"{Owner.Text}, {Columns.Text}";

    /// <summary>
    /// Creates a sink that reads the properties of owners, which are builds or buildsets. The statement must order the rows by owner.
    /// </summary>
    /// <param name="combine">Converts the id and the properties of one owner to an element of the sink's result.</param>
    public static MultiRowResourceSink<long, KeyValuePair<string, Property>, T> CreateSink<T>(Func<long, PropertyMap, T> combine) =>
        new(Owner, Columns, (owner, properties) => combine(owner, ToMap(properties)));

    /// <summary>Returns a read-only map of properties.</summary>
    public static PropertyMap ToMap(List<KeyValuePair<string, Property>> properties) =>
        properties.Count == 0 ? PropertyMap.Empty : new PropertyMap(properties).Freeze();

    /// <summary>Appends a comma and the columns of a property. Appends nothing if no properties are selected.</summary>
    public static void AppendColumns(SqlBuilder sql, PropertySelection properties)
    {
        if (!properties.IsEmpty)
            sql.Append(", ").Append(Columns.Text);
    }

    /// <summary>Appends a LEFT JOIN with the selected properties. Appends nothing if no properties are selected.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="properties">The selected properties.</param>
    /// <param name="join">The table with the alias <c>property</c>, and the condition of the join.</param>
    public static void AppendJoin(SqlBuilder sql, PropertySelection properties, string join)
    {
        if (properties.IsEmpty)
            return;

        sql.Append(" LEFT JOIN ").Append(join);
        if (properties.IncludesAll)
            return;

        sql.Append(" AND property.name IN (");
        foreach (string name in properties.Names)
            sql.Value(name).Append(", ");
        sql.TrimEnd(2).Append(")");
    }

    /// <summary>Returns the column by which the rows of properties are ordered; null if no properties are selected.</summary>
    public static string? OrderColumn(PropertySelection properties) => properties.IsEmpty ? null : "property.name";
}
