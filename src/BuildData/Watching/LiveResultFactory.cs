using BuildData.Definitions;
using BuildData.Queries;

namespace BuildData.Watching;

/// <summary>
/// Creates the live result of a watch: the object that holds the current result of a query and applies events to that result.
/// </summary>
internal static class LiveResultFactory
{
    /// <summary>Creates the object that holds the current result of a watched collection. That object later applies events to the result.</summary>
    /// <param name="query">The query of the watched path.</param>
    /// <param name="validated">The filters and the selected properties of the path.</param>
    /// <param name="related">Reads other resources that are needed to apply an event.</param>
    public static LiveResult<T> Create<T>(CollectionQuery<T> query, ValidatedSpec validated, IRelatedResources related)
        where T : class =>
        query is ILinkedQuery<T> linked
            ? linked.CreateLiveResult(validated, related)
            : new ResourceLiveResult<T>(
                query.Resource,
                validated,
                query.ChangedResources,
                query.MembershipCanChange || validated.HasRelatedFilters,
                (resource, token) => NullIfRemoved(ToMemberThatMatches(query.ToMember(resource, related, token), validated, related, token)),
                (id, token) => ReadNow(query.Resource, id, validated, related, token));

    /// <summary>Creates the object that holds the current result of a watch of one resource, or of the properties of one resource.</summary>
    /// <inheritdoc cref="Create{T}(CollectionQuery{T}, ValidatedSpec, IRelatedResources)"/>
    public static LiveResult<T> Create<T>(SingleQuery<T> query, ValidatedSpec validated, IRelatedResources related)
        where T : class =>
        query switch
        {
            IPropertiesQuery properties => (LiveResult<T>)(object)properties.CreateLiveResult(related),
            ILinkedQuery<T> linked => linked.CreateLiveResult(validated, related),
            _ => new ResourceLiveResult<T>(
                (TableDefinition<T>)query.Resource,
                validated,
                query.ChangedResources,
                query.MembershipCanChange,
                (resource, token) => NullIfRemoved(query.ToMember(resource, related, token)),
                static (_, _) => new((T?)null)),
        };

    private static ValueTask<T?> ToMemberThatMatches<T>(ValueTask<T?> member, ValidatedSpec validated, IRelatedResources related, CancellationToken cancellationToken)
        where T : class
    {
        return validated.HasRelatedFilters ? Check(member) : member;

        async ValueTask<T?> Check(ValueTask<T?> member) =>
            await member.ConfigureAwait(false) is { } resource && await validated.MatchesRelated(resource, related, cancellationToken).ConfigureAwait(false) ? resource : null;
    }

    private static ValueTask<T?> ReadNow<T>(TableDefinition<T> resource, long id, ValidatedSpec validated, IRelatedResources related, CancellationToken cancellationToken)
        where T : class =>
        resource is IFilterRelations relations && relations.QueryIfPropertiesChange(id) is SingleQuery<T> query
            ? related.ReadNow(query, validated, cancellationToken)
            : new((T?)null);

    private static ValueTask<T?> NullIfRemoved<T>(ValueTask<T?> member)
        where T : class
    {
        return member.IsCompletedSuccessfully ? member : Wait(member);

        static async ValueTask<T?> Wait(ValueTask<T?> member)
        {
            try
            {
                return await member.ConfigureAwait(false);
            }
            catch (RelatedResourceRemovedException)
            {
                return null;
            }
        }
    }
}
