using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Represents a query that can check whether its resource exists.</summary>
internal interface IExistenceQuery
{
    /// <summary>Returns whether the resource exists.</summary>
    ValueTask<bool> Exists(ReadSession session, CancellationToken cancellationToken);
}
