using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>Represents a query for one resource. The query can check whether this resource exists.</summary>
internal interface IExistenceQuery
{
    /// <summary>Returns whether the resource exists.</summary>
    ValueTask<bool> Exists(ReadSession session, CancellationToken cancellationToken);
}
