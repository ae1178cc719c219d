using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Properties;

/// <summary>Adds statements that prefetch the properties of builds or buildsets.</summary>
internal static class PropertyPrefetch
{
    /// <param name="prefetch">The prefetch.</param>
    /// <param name="appendTables">Appends the tables, with the aliases <c>owner</c> and <c>property</c>, and the condition.</param>
    /// <param name="store">Called with the id of each owner and its properties.</param>
    public static void AddStatement(Prefetch prefetch, Action<SqlBuilder> appendTables, Action<long, PropertyMap> store)
    {
        ResourceSink<(long Id, PropertyMap Properties)> sink = PropertySql.CreateSink(static (owner, properties) => (owner, properties));
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(PropertySql.ColumnsWithOwner).Append(" FROM ");
        appendTables(sql);
        prefetch.Statements.Add(sql.Append(" ORDER BY owner.id, property.name"), sink, owner => store(owner.Id, owner.Properties));
    }
}
