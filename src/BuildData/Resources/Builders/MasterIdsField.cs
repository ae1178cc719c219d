using System.Globalization;
using System.Reflection;
using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Sql;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.Builders;

/// <summary>
/// Represents the field <c>masterids</c> of a builder. Its only filter operator is <c>contains</c>. This operator tests whether a master
/// has the builder in its list.
/// </summary>
internal sealed class MasterIdsField() : JsonField<Builder>(
    "masterids", "(SELECT string_agg(CAST(place.master_id AS TEXT), ',') FROM builder_masters AS place WHERE place.builder_id = builder.id)")
{
    // Converts the values of filters.
    private static readonly Field<Builder> Id = new("masterids", FieldType.Integer, column: null, getSqlValue: null);

    public override ColumnReader<Builder> CreateReader(PropertyInfo property) =>
        ColumnReaders.Create<Builder, IReadOnlyList<long>>(property, static (row, i) => row.IsDBNull(i) ? [] : Parse(row.GetString(i)));

    public override int CountSubqueries(Filter filter) => filter.Values.Count;

    public override bool Matches(object resource, Filter filter) =>
        filter.Values.All(value => ((Builder)resource).MasterIds.Contains(Id.ToSqlValue(filter, value).Number));

    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (filter.Operator != FilterOperator.Contains)
            throw new InvalidQueryException(filter.Parameter, "a list can be filtered only with the operator 'contains'.");

        foreach (FilterValue value in filter.Values)
        {
            long masterId = Id.ToSqlValue(filter, value).Number;
            sql.Condition().Append($"EXISTS (SELECT 1 FROM builder_masters AS place WHERE place.builder_id = builder.id AND place.master_id = {masterId})");
        }
    }

    /// <summary>Returns a sorted list of the ids. Because the list is sorted, equal builders have equal lists.</summary>
    public static IReadOnlyList<long> ToList(IEnumerable<long> ids) => EquatableList.Copy<long>([.. ids.Order()]);

    private static IReadOnlyList<long> Parse(string text) => ToList(text.Split(',').Select(id => long.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture)));
}
