using BuildData.Queries;

namespace BuildData.Definitions;

/// <summary>Represents a field that shows whether a resource is complete.</summary>
internal interface ISelectsIncomplete
{
    /// <summary>Returns whether a filter on the field selects only incomplete resources.</summary>
    bool SelectsIncomplete(Filter filter);

    /// <summary>
    /// Returns whether a database without statistics would use an index for the order instead of the partial index of the incomplete resources.
    /// </summary>
    /// <param name="firstInOrder">The first field of the order; null for the default order.</param>
    bool CompetesWithOrder(Field? firstInOrder);
}
