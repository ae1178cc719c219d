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
        var sink = new DetailedSink<PropertyOwnerRow, PropertyRow, (long Id, PropertyMap Properties)>(
            1, static (owner, properties) => (owner.OwnerId, PropertyRow.ToMap(properties)));
        SqlBuilder sql = new SqlBuilder().Append(
            "SELECT owner.id AS OwnerId, property.name AS PropertyName, property.value AS PropertyValue, property.source AS PropertySource FROM ");
        appendTables(sql);
        prefetch.Statements.Add(sql.Append(" ORDER BY owner.id, property.name"), sink, owner => store(owner.Id, owner.Properties));
    }
}
