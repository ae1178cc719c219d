using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore.Answers;

/// <summary>Writes JSON answers.</summary>
internal static class ApiJson
{
    /// <summary>
    /// Gets the options of all JSON writers. Only what JSON demands is escaped, because clients read the answers as JSON: the content type and
    /// <c>nosniff</c> keep browsers from reading them as HTML.
    /// </summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Returns a JSON object as bytes.</summary>
    /// <param name="writeMembers">Writes the members of the object.</param>
    public static byte[] CreateObject(Action<Utf8JsonWriter> writeMembers)
    {
        using PooledBuffer buffer = new();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writeMembers(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory.ToArray();
    }

    /// <summary>Writes a whole answer.</summary>
    public static Task WriteJson(this HttpResponse response, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        response.SetJsonHeaders();
        response.ContentLength = json.Length;
        return HttpMethods.IsHead(response.HttpContext.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(json, cancellationToken).AsTask();
    }

    public static void SetJsonHeaders(this HttpResponse response)
    {
        response.ContentType = "application/json";
        response.Headers.XContentTypeOptions = "nosniff";
    }
}
