using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Properties;

/// <summary>Adds statements that prefetch the properties of builds or buildsets.</summary>
internal static class PropertyPrefetchStatements
{
    /// <summary>Adds a statement that reads the properties of several owners. An owner is a build or a buildset.</summary>
    /// <param name="prefetch">The prefetch that runs the statement.</param>
    /// <param name="appendTables">
    /// Appends the FROM clause, without the keyword, and the WHERE clause. The aliases of the tables are <c>owner</c> and <c>property</c>.
    /// </param>
    /// <param name="addToCache">Caches the properties of an owner. Receives the owner's id and the properties.</param>
    public static void Add(Prefetch prefetch, Action<SqlBuilder> appendTables, Action<long, PropertyMap> addToCache)
    {
        ResourceSink<(long Id, PropertyMap Properties)> sink = PropertySql.CreateSink(static (owner, properties) => (owner, properties));
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(PropertySql.ColumnsWithOwner).Append(" FROM ");
        appendTables(sql);
        prefetch.Statements.Add(sql.Append(" ORDER BY owner.id, property.name"), sink, owner => addToCache(owner.Id, owner.Properties));
    }
}
