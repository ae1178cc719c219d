using System.Text;
using System.Text.Json;
using BuildData.Queries;

namespace BuildData;

/// <summary>
/// Represents the result of <see cref="DataApi.Get(DataPath, ResultSpec?, CancellationToken)"/>. That method accepts every path, and needs
/// no type argument. Immutable and thread-safe.
/// </summary>
public sealed class DataResult
{
    private readonly ResourceWriter _writer;

    internal DataResult(Query query, ResultSpec spec, object? value, long? total, string? next = null)
    {
        Query = query;
        Value = value;
        Total = value is null ? null : total;
        Limit = spec.Limit;
        Offset = spec.Offset ?? 0;
        Next = value is null ? null : next;
        _writer = new ResourceWriter(query.Resource, spec);
    }

    /// <summary>Gets the typed query that the library created from the path.</summary>
    public Query Query { get; }

    /// <summary>Gets whether the path is the path of a collection.</summary>
    public bool IsCollection => Query.IsCollection;

    /// <summary>
    /// Gets the name of several resources of the returned type in JSON, such as <c>buildrequests</c>. A REST interface returns the resources under
    /// this name.
    /// </summary>
    public string ResourceName => Query.Resource.PluralName;

    /// <summary>
    /// Gets the result. For a path to a single resource, the value is the resource. For a path to a collection, the value is a
    /// <see cref="ResourceList{T}"/>.
    /// </summary>
    /// <remarks>
    /// For a path to a single resource, the value is null if the resource does not exist. For a path to a collection, the value is null
    /// only in one case: the path contains the builder and the number of a build, such as <c>/builders/7/builds/3/steps</c>, and this build
    /// does not exist. The resources have all attributes, even if the query selects fields.
    /// </remarks>
    public object? Value { get; }

    /// <summary>
    /// Gets the number of resources that match the filters, without regard to limit and offset. Null if the value is not a collection.
    /// </summary>
    public long? Total { get; }

    /// <summary>Gets the limit of the query; null if the query had no limit.</summary>
    public long? Limit { get; }

    /// <summary>Gets the number of matching resources that were skipped before the first returned resource.</summary>
    public long Offset { get; }

    /// <summary>
    /// Gets the position of the next page of a collection; null if there is none. See <see cref="ResourceList{T}.Next"/>.
    /// </summary>
    public string? Next { get; }

    /// <summary>
    /// Returns the value as JSON. Attributes have names such as <c>state_string</c>, and times are whole Unix seconds. If the query selects
    /// fields, the JSON contains only these fields and the included data (<see cref="ResultSpec.Include"/>).
    /// </summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Writes the value as JSON, in the same form as <see cref="ToJson"/>.</summary>
    /// <param name="writer">The writer.</param>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (Value is null)
        {
            writer.WriteNullValue();
        }
        else if (Value is System.Collections.IEnumerable list && IsCollection)
        {
            writer.WriteStartArray();
            foreach (object resource in list)
                _writer.Write(writer, resource);
            writer.WriteEndArray();
        }
        else
        {
            _writer.Write(writer, Value);
        }
    }
}
