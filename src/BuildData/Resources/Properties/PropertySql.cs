using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.Properties;

/// <summary>Appends the columns and joins for the properties that a query selects.</summary>
internal static class PropertySql
{
    public const string Columns = "p.name AS PropertyName, p.value AS PropertyValue, p.source AS PropertySource";

    public static void AppendColumns(SqlBuilder sql, PropertySelection properties)
    {
        if (!properties.IsEmpty)
            sql.Append(", ").Append(Columns);
    }

    public static void AppendJoin(SqlBuilder sql, PropertySelection properties, string join)
    {
        if (properties.IsEmpty)
            return;

        sql.Append(" LEFT JOIN ").Append(join);
        if (properties.IncludesAll)
            return;

        sql.Append(" AND p.name IN (");
        foreach (string name in properties.Names)
            sql.Value(name).Append(", ");
        sql.TrimEnd(2).Append(")");
    }

    public static string? Order(PropertySelection properties) => !properties.IsEmpty ? "p.name" : null;
}
