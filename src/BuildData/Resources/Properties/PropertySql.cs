using BuildData.Stores;

namespace BuildData;

/// <summary>The part of a SELECT that brings the properties that a query asks for, if it asks for any.</summary>
internal static class PropertySql
{
    public const string Columns = "p.name AS PropertyName, p.value AS PropertyValue, p.source AS PropertySource";

    public static void AppendColumns(SqlBuilder sql, ResultSpec spec)
    {
        if (spec.WantsProperties)
            sql.Append(", ").Append(Columns);
    }

    public static void AppendJoin(SqlBuilder sql, ResultSpec spec, string join)
    {
        if (!spec.WantsProperties)
            return;

        sql.Append(" LEFT JOIN ").Append(join);
        if (spec.AllProperties)
            return;

        sql.Append(" AND p.name IN (");
        for (int i = 0; i < spec.Properties.Count; i++)
        {
            if (i > 0)
                sql.Append(", ");
            sql.Value(spec.Properties[i]);
        }

        sql.Append(")");
    }

    public static string? Order(ResultSpec spec) => spec.WantsProperties ? "p.name" : null;
}
