using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.Properties;

/// <summary>Filters builds, build requests and buildsets by the values of their properties, with filters such as <c>property.branch=main</c>.</summary>
/// <param name="table">The table of the properties.</param>
/// <param name="ownerColumn">The column of this table that contains the id of the build or buildset that has the property.</param>
/// <param name="resourceColumn">The column of the filtered table that contains the same id.</param>
/// <param name="getProperties">Returns the properties of a resource.</param>
internal sealed class PropertyRelation(
    string table, string ownerColumn, string resourceColumn, Func<object, IRelatedResources, CancellationToken, ValueTask<PropertyMap>> getProperties)
    : FilterRelation("property.")
{
    /// <summary>
    /// Gets a function that returns the table of the resources, if the statement of a query may begin with the properties. Otherwise the
    /// function returns null.
    /// </summary>
    public required Func<Query, string?> FindTableToJoin { get; init; }

    /// <summary>Gets whether the id of the owner is the id of the filtered resource.</summary>
    public bool IsOwner { get; init; }

    public override Field? FindField(string name) => name.Length == 0 || UnicodeText.IndexOfLoneSurrogate(name) >= 0 ? null : new PropertyValueField(name);

    public override string DescribeFields() => "property.{name}";

    public override void AppendConditions(SqlBuilder sql, IReadOnlyList<FieldFilter> filters, SqlDialect dialect, bool isFenced)
    {
        foreach ((Field field, Filter filter) in filters)
        {
            sql.Condition().Append(PropertyValueField.IncludesEqual(filter) ? "EXISTS" : "NOT EXISTS").Append(" (SELECT 1 FROM ").Append(table)
                .Append(" AS filtered WHERE filtered.").Append(ownerColumn).Append(" = ").Append(resourceColumn).Append(" AND filtered.name = ")
                .Value(((PropertyValueField)field).PropertyName).Append(" AND filtered.value IN (");
            foreach (string json in PropertyValueField.ToJsonTexts(filter))
                sql.Value(json).Append(", ");
            sql.TrimEnd(2).Append(")").Append(isFenced ? SubqueryFence.Text : "").Append(")");
        }
    }

    public override StatementStart? FindStart(Query query, IReadOnlyList<FieldFilter> filters)
    {
        if (FindTableToJoin(query) is not { } resources)
            return null;

        foreach ((Field field, Filter filter) in filters)
        {
            if (!PropertyValueField.IncludesEqual(filter))
                continue;

            string name = ((PropertyValueField)field).PropertyName;
            IReadOnlyList<string> values = PropertyValueField.ToJsonTexts(filter);
            return new StatementStart(
                StatementStartRank.Property,
                sql => sql.Append(table).Append(" AS start JOIN ").Append(resources).Append(" ON ").Append(resourceColumn).Append(" = start.").Append(ownerColumn),
                sql =>
                {
                    IndexedText.AppendEqual(sql.Condition(), "start.name", name);
                    IndexedText.AppendEqualToAny(sql.Condition(), "start.value", values);
                },
                IsOwner ? "start." + ownerColumn : null);
        }

        return null;
    }

    public override async ValueTask<bool> Matches(object resource, IReadOnlyList<FieldFilter> filters, IRelatedResources related, CancellationToken cancellationToken)
    {
        PropertyMap properties = await getProperties(resource, related, cancellationToken).ConfigureAwait(false);
        return filters.All(filter => filter.Field.Matches(properties, filter.Filter));
    }

    public override IEnumerable<string> PropertyNames(IReadOnlyList<FieldFilter> filters) =>
        filters.Select(filter => ((PropertyValueField)filter.Field).PropertyName);
}
