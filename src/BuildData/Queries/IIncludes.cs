namespace BuildData.Queries;

/// <summary>Lists the <see cref="Include"/> objects of a resource type.</summary>
internal interface IIncludes
{
    /// <summary>Gets the declarations, in the order in which they are documented.</summary>
    IReadOnlyList<Include> Includes { get; }
}
