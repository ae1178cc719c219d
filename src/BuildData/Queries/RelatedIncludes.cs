using BuildData.Definitions;
using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Creates declarations of related resources that are stored in a table.</summary>
internal static class RelatedIncludes
{
    /// <summary>Declares the list of all related resources. For example, a build has a list of steps.</summary>
    /// <param name="name">The name of the data.</param>
    /// <param name="related">The type of the related resources. They must have no details.</param>
    /// <param name="keyColumn">The column of the related resources that contains the key. An index must begin with it.</param>
    /// <param name="orderColumn">The column that orders the list.</param>
    /// <param name="keyOf">Returns the key of a resource.</param>
    /// <param name="keyOfRelated">Returns the key of a related resource.</param>
    /// <param name="add">Returns a resource with the list.</param>
    public static Include<T> Many<T, TRelated>(
        string name,
        TableDefinition<TRelated> related,
        string keyColumn,
        string orderColumn,
        Func<T, long> keyOf,
        Func<TRelated, long> keyOfRelated,
        Func<T, IReadOnlyList<TRelated>, T> add)
        where T : class
        where TRelated : class =>
        new RelatedInclude<T, TRelated>(name, keyOf, keyOfRelated, add)
        {
            CreateSink = () => related.CreateSink(ValidatedSpec.None.Properties),
            AppendStatement = (sql, dialect, keys, limit) =>
            {
                sql.Append("SELECT ").Append(related.Columns).Append(" FROM ").Append(related.Table).Condition().Append(keyColumn);
                dialect.AppendIsOneOf(sql, keys);
                sql.Append(" ORDER BY ").Append(keyColumn).Append(", ").Append(orderColumn).Append($" LIMIT {limit} + 0");
            },
        };

    /// <summary>Declares one related resource, whose id each resource contains. For example, a build contains the id of its build request.</summary>
    /// <param name="name">The name of the data.</param>
    /// <param name="related">The type of the related resource.</param>
    /// <param name="idOfRelated">Returns the id of the related resource that a resource contains.</param>
    /// <param name="add">Returns a resource with its related resource; null if the store has no such resource.</param>
    public static Include<T> One<T, TRelated>(string name, TableDefinition<TRelated> related, Func<T, long> idOfRelated, Func<T, TRelated?, T> add)
        where T : class
        where TRelated : class =>
        One(name, related, idOfRelated, related.IdOf, (sql, dialect, ids) => dialect.AppendIsOneOf(sql.Condition().Append(related.IdColumn), ids), add);

    /// <summary>Declares one related resource. For example, a builder has one newest build.</summary>
    /// <param name="name">The name of the data.</param>
    /// <param name="related">The type of the related resource.</param>
    /// <param name="keyOf">Returns the key of a resource.</param>
    /// <param name="keyOfRelated">Returns the key of a related resource.</param>
    /// <param name="appendConditions">Appends the SQL conditions that select at most one related resource for each key of a page.</param>
    /// <param name="add">Returns a resource with its related resource; null if there is none.</param>
    public static Include<T> One<T, TRelated>(
        string name,
        TableDefinition<TRelated> related,
        Func<T, long> keyOf,
        Func<TRelated, long> keyOfRelated,
        Action<SqlBuilder, SqlDialect, string> appendConditions,
        Func<T, TRelated?, T> add)
        where T : class
        where TRelated : class =>
        new RelatedInclude<T, TRelated>(name, keyOf, keyOfRelated, (resource, found) => add(resource, found.Count == 0 ? null : found[0]))
        {
            CreateSink = () => related.CreateSink(ValidatedSpec.None.Properties),
            AppendStatement = (sql, dialect, keys, _) =>
            {
                sql.Append("SELECT ").Append(related.Columns);
                related.AppendDetailColumns(sql, ValidatedSpec.None.Properties);
                sql.Append(" FROM ").Append(related.Table);
                related.AppendDetailJoins(sql, ValidatedSpec.None.Properties);
                appendConditions(sql, dialect, keys);

                // The rows of one resource with details must follow each other.
                if (related.DetailOrderColumn(ValidatedSpec.None.Properties) is { } detailOrder)
                    sql.Append(" ORDER BY ").Append(related.IdColumn).Append(", ").Append(detailOrder);
            },
        };
}
