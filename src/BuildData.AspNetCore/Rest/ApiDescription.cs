using System.Text.Json;
using BuildData.AspNetCore.Answers;

namespace BuildData.AspNetCore.Rest;

/// <summary>Holds the answers that never change: the list of endpoints, and the types of the resources.</summary>
internal static class ApiDescription
{
    /// <summary>Gets the answer of <c>/</c>.</summary>
    public static ReadOnlyMemory<byte> Endpoints { get; } = ApiJson.CreateObject(static writer =>
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
        CollectionAnswer.WriteTotal(writer, DataApi.Endpoints.Count);
    });

    /// <summary>Gets the answer of <c>/application.spec</c>: each collection of the first level, with the fields of its resources.</summary>
    public static ReadOnlyMemory<byte> Specification { get; } = ApiJson.CreateObject(static writer =>
    {
        writer.WriteStartArray("specs");
        EndpointDescription[] roots = [.. DataApi.Endpoints.Where(endpoint => endpoint.IsCollection && endpoint.Pattern.LastIndexOf('/') == 0)];
        foreach (EndpointDescription root in roots)
            WriteSpecification(writer, root);
        writer.WriteEndArray();
        CollectionAnswer.WriteTotal(writer, roots.Length);
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
}
