using System.Text.Json;
using BuildData.AspNetCore.Access;
using BuildData.AspNetCore.Answers;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore.Dashboard.Web;

/// <summary>Does what the buttons ask for: stop and rebuild a build, and cancel a build request.</summary>
internal static class DashboardControl
{
    private const int LargestBody = 4_096;

    /// <summary>Handles a request whose body is <c>{"id":12}</c>.</summary>
    public static async Task Post(HttpContext context, DataApi data)
    {
        if (!SameOrigin.Allows(context.Request))
            throw new ApiException(StatusCodes.Status403Forbidden, "The request comes from a page of another site.");

        // A form of another site can't send this type.
        if (!context.Request.HasJsonContentType())
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "The body must be JSON, with the content type application/json.");

        long id = await ReadId(context).ConfigureAwait(false);
        CancellationToken aborted = context.RequestAborted;
        switch (context.Request.RouteValues["action"])
        {
            case "stop":
                // The build continues until the program that runs it has seen the request.
                Build build = await FindBuild(data, id, aborted).ConfigureAwait(false);
                await data.Updates.CancelBuildRequests([build.BuildRequestId], Reason(context, "stopped"), aborted).ConfigureAwait(false);
                break;
            case "rebuild":
                await data.Updates.Rebuild(id, Reason(context, "rebuild"), cancellationToken: aborted).ConfigureAwait(false);
                break;
            case "cancel":
                await data.Updates.CancelBuildRequests([id], Reason(context, "cancelled"), aborted).ConfigureAwait(false);
                break;
            default:
                throw new ApiException(StatusCodes.Status404NotFound, "There is no such action.");
        }

        context.Response.StatusCode = StatusCodes.Status200OK;
        await context.Response.WriteJson("{}"u8.ToArray(), aborted).ConfigureAwait(false);
    }

    private static async Task<Build> FindBuild(DataApi data, long id, CancellationToken cancellationToken) =>
        await data.Get(new BuildByRef(id), cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw new ApiException(StatusCodes.Status404NotFound, $"There is no build with the id {id}.");

    private static string Reason(HttpContext context, string done) => context.User.Identity?.Name is { Length: > 0 } user ? $"{done} by {user}" : $"{done} on the dashboard";

    private static async Task<long> ReadId(HttpContext context)
    {
        var body = new byte[LargestBody];
        int length = await context.Request.Body.ReadAtLeastAsync(body, LargestBody, throwOnEndOfStream: false, context.RequestAborted).ConfigureAwait(false);
        if (length == LargestBody)
            throw new ApiException(StatusCodes.Status413PayloadTooLarge, "The body is too large.");
        try
        {
            using var json = JsonDocument.Parse(body.AsMemory(0, length));
            if (json.RootElement.ValueKind == JsonValueKind.Object && UnicodeJson.IsValid(json.RootElement) && json.RootElement.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out long value))
                return value;
        }
        catch (JsonException)
        {
            // The answer says what is expected.
        }

        throw new ApiException(StatusCodes.Status400BadRequest, "The body must be an object with a number 'id'.");
    }
}
