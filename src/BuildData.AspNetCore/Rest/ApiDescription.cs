using System.Text.Json;

namespace BuildData.AspNetCore.Rest;

/// <summary>Holds the answers that never change: the list of endpoints, and the types of the resources.</summary>
internal static class ApiDescription
{
    /// <summary>Gets the answer of <c>/</c>.</summary>
    public static ReadOnlyMemory<byte> Endpoints { get; } = Write(static writer =>
    {
        writer.WriteStartArray("endpoints");
        foreach (EndpointDescription endpoint in DataApi.Endpoints)
        {
            writer.WriteStartObject();
            writer.WriteString("path", endpoint.Pattern[1..]);
            writer.WriteString("plural", endpoint.Resource.PluralName);
            writer.WriteBoolean("collection", endpoint.IsCollection);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteTotal(writer, DataApi.Endpoints.Count);
    });

    /// <summary>Gets the answer of <c>/application.spec</c>: each collection of the first level, with the fields of its resources.</summary>
    public static ReadOnlyMemory<byte> Specification { get; } = Write(static writer =>
    {
        writer.WriteStartArray("specs");
        EndpointDescription[] roots = [.. DataApi.Endpoints.Where(endpoint => endpoint.IsCollection && endpoint.Pattern.LastIndexOf('/') == 0)];
        foreach (EndpointDescription root in roots)
            WriteSpecification(writer, root);
        writer.WriteEndArray();
        WriteTotal(writer, roots.Length);
    });

    /// <summary>Returns the answer of an empty collection.</summary>
    public static ReadOnlyMemory<byte> Empty(string pluralName) => Collection<object>(pluralName, [], static (_, _) => { });

    /// <summary>Returns the answer of a collection that is not in the store.</summary>
    /// <param name="pluralName">The name of the array.</param>
    /// <param name="items">The items.</param>
    /// <param name="writeItem">Writes an item.</param>
    public static byte[] Collection<T>(string pluralName, IEnumerable<T> items, Action<Utf8JsonWriter, T> writeItem) => Write(writer =>
    {
        int total = 0;
        writer.WriteStartArray(pluralName);
        foreach (T item in items)
        {
            writeItem(writer, item);
            total++;
        }

        writer.WriteEndArray();
        WriteTotal(writer, total);
    });

    private static void WriteSpecification(Utf8JsonWriter writer, EndpointDescription root)
    {
        string type = root.Resource.Name.Replace(" ", "", StringComparison.Ordinal);
        writer.WriteStartObject();
        writer.WriteString("path", root.Pattern[1..]);
        writer.WriteString("plural", root.Resource.PluralName);
        writer.WriteString("type", type);
        writer.WriteStartObject("type_spec");
        writer.WriteString("type", type);
        writer.WriteStartArray("fields");
        foreach (FieldDescription field in root.Resource.Fields)
        {
            writer.WriteStartObject();
            writer.WriteString("name", field.Name);
            writer.WriteString("type", field.Type);
            writer.WriteStartObject("type_spec");
            writer.WriteString("name", field.Type);
            writer.WriteBoolean("nullable", field.IsNullable);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteTotal(Utf8JsonWriter writer, int total)
    {
        writer.WriteStartObject("meta");
        writer.WriteNumber("total", total);
        writer.WriteEndObject();
    }

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
