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
        return response.WriteJson(ApiJson.CreateObject(writer => writer.WriteString("error", message)), context.RequestAborted);
    }
}
