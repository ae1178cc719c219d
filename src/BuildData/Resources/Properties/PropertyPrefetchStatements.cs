using BuildData.Definitions;
using BuildData.Stores;
using BuildData.Updating.Prefetching;

namespace BuildData.Resources.Properties;

/// <summary>Adds statements that prefetch the properties of builds or buildsets.</summary>
internal static class PropertyPrefetchStatements
{
    /// <summary>
    /// Adds a statement that reads the properties of several owners. Either all owners are builds, or all owners are buildsets.
    /// </summary>
    /// <param name="prefetch">The prefetch that runs the statement.</param>
    /// <param name="appendTablesAndConditions">
    /// Appends the tables after FROM, and the WHERE clause. The aliases of the tables are <c>owner</c> and <c>property</c>.
    /// </param>
    /// <param name="addToCache">Caches the properties of one owner. The arguments are the owner's id and the properties.</param>
    public static void AddReadStatement(Prefetch prefetch, Action<SqlBuilder> appendTablesAndConditions, Action<long, PropertyMap> addToCache)
    {
        ResourceSink<(long Id, PropertyMap Properties)> sink = PropertySql.CreatePropertiesByOwnerSink(static (owner, properties) => (owner, properties));
        SqlBuilder sql = new SqlBuilder().Append("SELECT ").Append(PropertySql.OwnerIdAndPropertyColumns).Append(" FROM ");
        appendTablesAndConditions(sql);
        prefetch.Statements.Add(sql.Append(" ORDER BY owner.id, property.name"), sink, owner => addToCache(owner.Id, owner.Properties));
    }
}
