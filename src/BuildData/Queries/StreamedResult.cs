using System.Text.Json;
using BuildData.Queries;

namespace BuildData;

/// <summary>
/// Represents all resources of a collection as a stream, however many. <see cref="DataApi.Stream(DataPath)"/> returns this object. Immutable and
/// thread-safe; each <c>await foreach</c> reads the collection anew.
/// </summary>
public sealed class StreamedResult : IAsyncEnumerable<object>
{
    private readonly IAsyncEnumerable<object> _resources;
    private readonly ResourceWriter _writer;

    internal StreamedResult(Query query, ResultSpec spec, IAsyncEnumerable<object> resources)
    {
        Query = query;
        _resources = resources;
        _writer = new ResourceWriter(query.Resource, spec);
    }

    /// <summary>Gets the typed query that the library created from the path.</summary>
    public Query Query { get; }

    /// <summary>Gets the name of the resources in JSON, such as <c>buildrequests</c>.</summary>
    public string ResourceName => Query.Resource.PluralName;

    /// <summary>Writes one of the resources as JSON. If the path selects fields, the JSON contains only these.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="resource">A resource that the stream has returned.</param>
    public void WriteTo(Utf8JsonWriter writer, object resource)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(resource);
        _writer.Write(writer, resource);
    }

    /// <summary>Reads the resources in pages. Without an order, they come in the order of their ids. Each page contains the data that is committed when it is read.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="StoreException">The store can't be read.</exception>
    public IAsyncEnumerator<object> GetAsyncEnumerator(CancellationToken cancellationToken = default) => _resources.GetAsyncEnumerator(cancellationToken);
}
