using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;

namespace BuildData.Resources.SourceStamps;

/// <summary>
/// Filters builds, build requests and buildsets by their source stamps, with filters such as <c>sourcestamp.branch=main</c>. A resource
/// matches if one of its source stamps matches all filters.
/// </summary>
/// <param name="buildsetColumn">The column with the id of the buildset that has the source stamps.</param>
/// <param name="getBuildset">Returns the buildset of a resource.</param>
/// <param name="findBranchStart">Returns where a statement begins that filters by a branch; null for the table of the resources.</param>
internal sealed class SourceStampRelation(
    string buildsetColumn,
    Func<object, IRelatedResources, CancellationToken, ValueTask<Buildset>> getBuildset,
    Func<Query, SqlValue, StatementStart?>? findBranchStart = null) : FilterRelation("sourcestamp.")
{
    private static readonly SourceStampDefinition Stamps = SourceStampDefinition.Instance;

    /// <summary>
    /// Gets a function that returns the table of the resources, if the statement of a query may begin with the source stamps of a revision.
    /// Otherwise the function returns null.
    /// </summary>
    public required Func<Query, string?> FindTableToJoin { get; init; }

    public override Field? FindField(string name) => Stamps.FindField(name) is { Type: not FieldType.Json } field ? field : null;

    public override string DescribeFields() =>
        string.Join(", ", Stamps.Fields.Where(field => field.Type != FieldType.Json).Select(field => Prefix + field.Name));

    public override void AppendConditions(SqlBuilder sql, IReadOnlyList<FieldFilter> filters, SqlDialect dialect, bool isFenced)
    {
        sql.Condition().Append(
            "EXISTS (SELECT 1 FROM buildset_sourcestamps AS link JOIN sourcestamps AS stamp ON stamp.id = link.sourcestamp_id WHERE link.buildset_id = ")
            .Append(buildsetColumn);
        foreach ((Field field, Filter filter) in filters)
            field.AppendFilter(sql, filter, dialect);
        sql.Append(isFenced ? SubqueryFence.Text : "").Append(")");
    }

    public override StatementStart? FindStart(Query query, IReadOnlyList<FieldFilter> filters)
    {
        if (SingleValue(filters, "revision") is { } revision && FindTableToJoin(query) is { } table)
        {
            return new StatementStart(
                StatementStartRank.Revision,
                sql =>
                {
                    sql.Append("(SELECT DISTINCT link.buildset_id FROM sourcestamps AS stamp JOIN buildset_sourcestamps AS link ON link.sourcestamp_id = stamp.id WHERE ");
                    IndexedText.AppendEqual(sql, "stamp.revision", revision);
                    sql.Append(") AS start JOIN ").Append(table).Append(" ON ").Append(buildsetColumn).Append(" = start.buildset_id");
                },
                static _ => { });
        }

        return SingleValue(filters, "branch") is { } branch ? findBranchStart?.Invoke(query, branch) : null;
    }

    public override async ValueTask<bool> Matches(object resource, IReadOnlyList<FieldFilter> filters, IRelatedResources related, CancellationToken cancellationToken)
    {
        Buildset buildset = await getBuildset(resource, related, cancellationToken).ConfigureAwait(false);
        return buildset.SourceStamps.Any(stamp => filters.All(filter => filter.Field.Matches(stamp, filter.Filter)));
    }

    private static SqlValue? SingleValue(IReadOnlyList<FieldFilter> filters, string name)
    {
        foreach ((Field field, Filter filter) in filters)
        {
            if (field.Name == name && filter is { Operator: FilterOperator.Equal or FilterOperator.In, Values.Count: 1 })
                return field.ToSqlValue(filter, filter.Values[0]);
        }

        return null;
    }
}
