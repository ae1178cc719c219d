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

    /// <summary>The columns of a statement whose rows <see cref="CreateSink"/> converts: the id of the properties' <c>owner</c> and a <c>property</c>.</summary>
    public static readonly string ColumnsWithOwner = $"{Owner.Text}, {Columns.Text}";

    /// <summary>Creates a sink that converts the rows of each owner to a value. The rows are ordered by owner.</summary>
    public static MultiRowResourceSink<long, KeyValuePair<string, Property>, T> CreateSink<T>(Func<long, PropertyMap, T> combine) =>
        new(Owner, Columns, (owner, properties) => combine(owner, ToMap(properties)));

    /// <summary>Returns a read-only map of properties.</summary>
    public static PropertyMap ToMap(List<KeyValuePair<string, Property>> properties) =>
        properties.Count == 0 ? PropertyMap.Empty : new PropertyMap(properties).Freeze();

    /// <summary>Appends a comma and the columns of the selected properties.</summary>
    public static void AppendColumns(SqlBuilder sql, PropertySelection properties)
    {
        if (!properties.IsEmpty)
            sql.Append(", ").Append(Columns.Text);
    }

    /// <summary>Appends the LEFT JOIN of the selected properties.</summary>
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

    /// <summary>Returns the column that orders the selected properties; null if none are selected.</summary>
    public static string? Order(PropertySelection properties) => properties.IsEmpty ? null : "property.name";
}
