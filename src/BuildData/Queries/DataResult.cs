using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildData.Queries;

namespace BuildData;

/// <summary>What an untyped <c>Get</c> returns, where the path is data: for a proxy, a REST front, a script.</summary>
public sealed class DataResult
{
    private readonly IReadOnlyList<string> _fields;

    internal DataResult(Query query, ResultSpec spec, object? value, long? total)
    {
        Query = query;
        Value = value;
        Total = value is null ? null : total;
        Limit = spec.Limit;
        Offset = spec.Offset ?? 0;
        _fields = spec.Fields;
    }

    /// <summary>The query that the path was parsed into.</summary>
    public Query Query { get; }

    /// <summary>Whether the path is one of a collection.</summary>
    public bool IsCollection => Query.IsCollection;

    /// <summary>
    /// The resource, or a <see cref="ResourceList{T}"/> of them. Null for a single resource that does not exist, and for a
    /// collection of a build that is named by builder and number and does not exist. Resources are whole here, whatever
    /// fields were selected.
    /// </summary>
    public object? Value { get; }

    /// <summary>How many resources match, before paging; null unless the value is a collection.</summary>
    public long? Total { get; }

    /// <summary>The limit that was asked for; null for none.</summary>
    public long? Limit { get; }

    /// <summary>How many resources were passed over.</summary>
    public long Offset { get; }

    /// <summary>The value in its wire form, with the fields that were selected.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            WriteTo(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Writes the value in its wire form, with the fields that were selected.</summary>
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
                WriteResource(writer, resource);
            writer.WriteEndArray();
        }
        else
        {
            WriteResource(writer, Value);
        }
    }

    private void WriteResource(Utf8JsonWriter writer, object resource)
    {
        JsonTypeInfo type = Query.Resource.JsonType;
        if (_fields.Count == 0)
        {
            JsonSerializer.Serialize(writer, resource, type);
            return;
        }

        JsonElement whole = JsonSerializer.SerializeToElement(resource, type);
        writer.WriteStartObject();
        foreach (JsonProperty attribute in whole.EnumerateObject())
        {
            if (_fields.Contains(attribute.Name))
                attribute.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
