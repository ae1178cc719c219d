using BuildData.Definitions;
using BuildData.Queries;
using BuildData.Resources.Builders;
using BuildData.Stores;

namespace BuildData;

/// <summary>Represents the query of the endpoint <c>/builders</c>, which returns all builders.</summary>
public sealed record AllBuilders : CollectionQuery<Builder>
{
    /// <inheritdoc/>
    public override string Path => "/builders";

    internal override TableDefinition<Builder> Resource => BuilderDefinition.Instance;

    internal override IReadOnlyCollection<string> EventPatterns => ["/builders/*"];

    internal override ValueTask<bool> Has(Builder builder, IRelatedResources related, CancellationToken cancellationToken) =>
        new(true);
}

/// <summary>Represents the query of the endpoint <c>/builders/{builderid_or_buildername}</c>, which returns one builder.</summary>
/// <param name="Builder">The builder.</param>
public sealed record BuilderByRef(BuilderRef Builder) : SingleQuery<Builder>
{
    /// <inheritdoc/>
    public override string Path => $"/builders/{Builder}";

    internal override ResourceDefinition Resource => BuilderDefinition.Instance;

    internal override void AppendConditions(SqlBuilder sql)
    {
        if (Builder.Name is { } name)
            sql.Condition().Append($"builder.name = {name}");
        else
            sql.Condition().Append($"builder.id = {Builder.Id}");
    }

    internal override IReadOnlyCollection<string> EventPatterns => [$"/builders/{Builder.EventSegment}"];

    internal override ValueTask<bool> Has(Builder builder, IRelatedResources related, CancellationToken cancellationToken) =>
        new(Builder.Name is { } name ? builder.Name == name : builder.BuilderId == Builder.Id);
}
