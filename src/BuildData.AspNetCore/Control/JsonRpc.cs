using System.Globalization;
using System.Text.Json;
using BuildData.AspNetCore.Answers;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore.Control;

/// <summary>Writes the answers of JSON-RPC 2.0.</summary>
internal static class JsonRpc
{
    /// <summary>Writes a result. The result is null, or an added buildset, which becomes <c>[bsid, {builderid: brid}]</c>.</summary>
    public static Task WriteResult(HttpContext context, JsonElement? id, object? result) => Write(context, id, writer =>
    {
        writer.WritePropertyName("result");
        if (result is AddedBuildset added)
            Write(writer, added);
        else
            writer.WriteNullValue();
    });

    /// <summary>Writes an error. Its code is the status of the answer, because clients show only the message.</summary>
    public static Task WriteError(HttpContext context, JsonElement? id, int status, string message)
    {
        context.Response.StatusCode = status;
        return Write(context, id, writer =>
        {
            writer.WriteStartObject("error");
            writer.WriteNumber("code", status);
            writer.WriteString("message", message);
            writer.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter writer, AddedBuildset added)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(added.BuildsetId);
        writer.WriteStartObject();
        foreach ((long builder, long request) in added.BuildRequestIds)
            writer.WriteNumber(builder.ToString(CultureInfo.InvariantCulture), request);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static async Task Write(HttpContext context, JsonElement? id, Action<Utf8JsonWriter> write)
    {
        using PooledBuffer buffer = new();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc", "2.0");
            writer.WritePropertyName("id");
            if (id is { } known)
                known.WriteTo(writer);
            else
                writer.WriteNullValue();
            write(writer);
            writer.WriteEndObject();
        }

        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteJson(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
