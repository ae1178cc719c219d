using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore.Answers;

/// <summary>Writes the JSON of an error: <c>{"error":"…"}</c>.</summary>
internal static class ApiError
{
    public static Task Write(HttpContext context, int status, string message)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.Headers.ETag = default;
        response.Headers.CacheControl = "no-store";
        return response.WriteJson(Encode(message), context.RequestAborted);
    }

    private static byte[] Encode(string message)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("error", message);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
