using BuildData.Queries;
using BuildData.Stores;

namespace BuildData.Resources.Logs;

/// <summary>Represents a query that reads lines of a log, which can be stored outside the database.</summary>
/// <typeparam name="T">The resource type.</typeparam>
internal interface ILogTextQuery<T>
    where T : class
{
    /// <summary>Reads the resource. Returns null if the log does not exist.</summary>
    /// <param name="session">The session.</param>
    /// <param name="spec">The query options.</param>
    /// <param name="outside">The store of the lines that are outside the database; null if there is none.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<T?> Read(ReadSession session, ValidatedSpec spec, ILogChunkStore? outside, CancellationToken cancellationToken);
}
