namespace BuildData.Queries;

/// <summary>Lists the <see cref="FilterRelation"/> objects of a resource type.</summary>
internal interface IFilterRelations
{
    /// <summary>Gets the relations.</summary>
    IReadOnlyList<FilterRelation> Relations { get; }

    /// <summary>
    /// Returns the query of the resource with an id, if properties of the resource can change. A watch then reads the resource when a change of
    /// its properties can make it match a filter. Otherwise returns null.
    /// </summary>
    Query? QueryIfPropertiesChange(long id) => null;
}
