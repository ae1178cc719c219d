using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Stores;
using BuildData.Values;

namespace BuildData.Resources.Builders;

/// <summary>
/// Represents the field <c>tags</c> of a builder. Its only filter operator is <c>contains</c>. This operator tests whether the builder has
/// a tag.
/// </summary>
internal sealed class TagsField() : JsonField<Builder>("tags")
{
    public override int CountSubqueries(Filter filter) => filter.Values.Count;

    public override bool Matches(object resource, Filter filter) =>
        filter.Values.All(value => ((Builder)resource).Tags.Contains((string)value.Content!, StringComparer.Ordinal));

    public override void AppendFilter(SqlBuilder sql, Filter filter, SqlDialect dialect)
    {
        if (filter.Operator != FilterOperator.Contains)
            throw new InvalidQueryException(filter.Parameter, "a list can be filtered only with the operator 'contains'.");

        foreach (FilterValue value in filter.Values)
        {
            if (value.Content is not string tag || UnicodeText.IndexOfLoneSurrogate(tag) >= 0)
                throw new InvalidQueryException(filter.Parameter, $"'{ShortText.Of(value.ToString())}' is not text.");
            sql.Condition().Append($"EXISTS (SELECT 1 FROM builder_tags AS tag WHERE tag.builder_id = builder.id AND tag.tag = {tag})");
        }
    }
}
