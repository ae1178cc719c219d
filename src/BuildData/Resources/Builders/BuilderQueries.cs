using BuildData.Stores;

namespace BuildData;

/// <summary><c>/builders</c>: all builders.</summary>
public sealed record AllBuilders : CollectionQuery<Builder>
{
    /// <inheritdoc/>
    public override string Path => "/builders";

    internal override TableResource<Builder> Resource => Catalog.Builders;
}

/// <summary><c>/builders/{builderid_or_buildername}</c>: one builder.</summary>
/// <param name="Builder">The builder.</param>
public sealed record OneBuilder(BuilderRef Builder) : SingleQuery<Builder>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}";

    internal override Resource Resource => Catalog.Builders;

    internal override void AppendConditions(SqlBuilder sql)
    {
        if (Builder.Name is { } name)
            sql.Condition().Append($"d.name = {name}");
        else
            sql.Condition().Append($"d.id = {Builder.Id}");
    }
}
