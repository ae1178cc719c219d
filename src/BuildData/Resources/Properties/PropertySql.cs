using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.Properties;

/// <summary>Provides the SQL that reads the properties of builds and buildsets, and converts the rows to properties.</summary>
internal static class PropertySql
{
    /// <summary>
    /// The columns with the name, the value and the source of a property. A statement must use the alias <c>property</c> for the table
    /// of properties.
    /// </summary>
    public static readonly SelectList<KeyValuePair<string, Property>> PropertyColumns = new(
        ["property.name", "property.value", "property.source"],
        static (row, start) => new(row.GetString(start), Property.FromStore(row.GetString(start + 1), row.GetString(start + 2))));

    private static readonly SelectList<long> OwnerColumn = new(["owner.id"], static (row, start) => row.GetInt64(start));

    /// <summary>
    /// The columns that a statement for <see cref="CreatePropertiesByOwnerSink"/> selects: the id from the table <c>owner</c>, then the
    /// columns of the table <c>property</c>. The owner is a build or a buildset.
    /// </summary>
    public static readonly string OwnerIdAndPropertyColumns = $"{OwnerColumn.Text}, {PropertyColumns.Text}";

    /// <summary>
    /// Creates a sink, which converts the rows of a statement to objects. The sink creates one object for each build or buildset that
    /// owns properties. The statement must order the rows by owner.
    /// </summary>
    /// <param name="combine">Creates the object from the owner's id and properties.</param>
    public static MultiRowResourceSink<long, KeyValuePair<string, Property>, T> CreatePropertiesByOwnerSink<T>(Func<long, PropertyMap, T> combine) =>
        new(OwnerColumn, PropertyColumns, (owner, properties) => combine(owner, ToMap(properties)));

    /// <summary>Returns a read-only map of the properties.</summary>
    public static PropertyMap ToMap(List<KeyValuePair<string, Property>> properties) =>
        properties.Count == 0 ? PropertyMap.Empty : new PropertyMap(properties).Freeze();

    /// <summary>Appends a comma and the columns of a property. Appends nothing if the query selects no properties.</summary>
    public static void AppendPropertyColumns(SqlBuilder sql, PropertySelection properties)
    {
        if (!properties.IsEmpty)
            sql.Append(", ").Append(PropertyColumns.Text);
    }

    /// <summary>Appends a LEFT JOIN that returns the selected properties. Appends nothing if the query selects no properties.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="properties">The selected properties.</param>
    /// <param name="join">The table with the alias <c>property</c>, and the condition of the join.</param>
    public static void AppendPropertyJoin(SqlBuilder sql, PropertySelection properties, string join)
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

    /// <summary>Returns the column that orders the properties of a resource; null if the query selects no properties.</summary>
    public static string? GetOrderColumn(PropertySelection properties) => properties.IsEmpty ? null : "property.name";
}
