using System.Text.Json;
using BuildData.AspNetCore.Access;
using BuildData.AspNetCore.Answers;
using BuildData.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BuildData.AspNetCore.Control;

/// <summary>Answers POST requests: calls of methods of resources, as JSON-RPC 2.0. Thread-safe.</summary>
internal sealed class ControlHandler(BuildDataApiOptions options, ForceSchedulers forceSchedulers)
{
    private const int LargestBody = 1024 * 1024;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 32 };

    public async Task Post(HttpContext context)
    {
        JsonElement? id = null;
        try
        {
            RequireControl(context);
            using JsonDocument body = await ReadBody(context).ConfigureAwait(false);
            (string method, JsonElement parameters) = ReadCall(body.RootElement, out id);
            object? result = await Run(context, method, parameters).ConfigureAwait(false);
            await JsonRpc.WriteResult(context, id, result).ConfigureAwait(false);
        }
        catch (ApiException e)
        {
            await JsonRpc.WriteError(context, id, e.Status, e.Message).ConfigureAwait(false);
        }
        catch (ControlException e)
        {
            await JsonRpc.WriteError(context, id, StatusCodes.Status400BadRequest, e.Message).ConfigureAwait(false);
        }
        catch (BuildDataException e) when (ApiExceptions.Describe(e) is { } answer)
        {
            if (answer.Status >= StatusCodes.Status500InternalServerError)
                ApiLog.For(context).RequestFailed(e, context.Request.Method, context.Request.Path);
            await JsonRpc.WriteError(context, id, answer.Status, answer.Message).ConfigureAwait(false);
        }
    }

    private void RequireControl(HttpContext context)
    {
        if (!options.AllowControl)
            throw new ApiException(StatusCodes.Status403Forbidden, $"This program does not allow control. The option is {nameof(BuildDataApiOptions)}.{nameof(BuildDataApiOptions.AllowControl)}.");
        if (!SameOrigin.Allows(context.Request))
            throw new ApiException(StatusCodes.Status403Forbidden, "The request comes from a page of another site.");

        // A page of another site can't send JSON without asking first, and this interface never agrees to that by itself.
        if (!context.Request.HasJsonContentType())
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "The content type must be application/json.");
    }

    private static async Task<JsonDocument> ReadBody(HttpContext context)
    {
        if (context.Request.ContentLength > LargestBody)
            throw TooLarge();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestBody;
        try
        {
            JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body, JsonOptions, context.RequestAborted).ConfigureAwait(false);
            if (UnicodeJson.IsValid(body.RootElement))
                return body;
            body.Dispose();
            throw new ApiException(StatusCodes.Status400BadRequest, "A text of the body is not valid Unicode.");
        }
        catch (JsonException)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, "The body is not JSON.");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge();
        }
    }

    private static ApiException TooLarge() => new(StatusCodes.Status413PayloadTooLarge, $"The body has more than {LargestBody} bytes.");

    private static (string Method, JsonElement Parameters) ReadCall(JsonElement body, out JsonElement? id)
    {
        id = null;
        if (body.ValueKind != JsonValueKind.Object)
            throw new ApiException(StatusCodes.Status400BadRequest, "The body must be a JSON-RPC 2.0 call: an object with 'jsonrpc', 'method', 'params' and 'id'.");
        if (body.TryGetProperty("id", out JsonElement given) && given.ValueKind is JsonValueKind.Number or JsonValueKind.String)
            id = given.Clone();
        if (!body.TryGetProperty("method", out JsonElement method) || method.ValueKind != JsonValueKind.String)
            throw new ApiException(StatusCodes.Status400BadRequest, "The call has no 'method', or it is not a text.");
        return (method.GetString()!, body.TryGetProperty("params", out JsonElement parameters) ? parameters : default);
    }

    private async Task<object?> Run(HttpContext context, string method, JsonElement parameters)
    {
        DataApi data = MasterFinder.Find(context.RequestServices, options.ServiceKey).Data;
        string path = RestTarget.Find(context);
        if (path.StartsWith("/forceschedulers/", StringComparison.Ordinal))
            return await Force(context, data, path, method, parameters).ConfigureAwait(false);

        ParsedPath parsed = DataApi.ParsePath(path);
        if (parsed.Query.IsCollection)
            throw new ApiException(StatusCodes.Status404NotFound, "Only a single resource has methods.");
        DataResult found = await data.Get(parsed.Query, cancellationToken: context.RequestAborted).ConfigureAwait(false);
        object resource = found.Value ?? throw new ApiException(StatusCodes.Status404NotFound, $"There is nothing at '{parsed.Query.Path}'.");

        if (ControlActions.IsBuiltIn(found.ResourceName, method))
            return await ControlActions.Run(found.ResourceName, method, new ControlActions.Call(context, data.Updates, resource, parameters)).ConfigureAwait(false);
        if (!options.Callbacks.TryGetValue((found.ResourceName, method), out Func<ControlRequest, Task>? callback))
            throw new ApiException(StatusCodes.Status501NotImplemented, $"This program has no method '{ShortText(method)}' of {found.ResourceName}.");
        await callback(new ControlRequest(context, resource, method, parameters)).ConfigureAwait(false);
        return null;
    }

    private async Task<object?> Force(HttpContext context, DataApi data, string path, string method, JsonElement parameters)
    {
        if (method != "force")
            throw new ApiException(StatusCodes.Status501NotImplemented, "The method of a scheduler is 'force'.");
        if (forceSchedulers.Find(path) is not { } scheduler)
            throw new ApiException(StatusCodes.Status501NotImplemented, $"This program has no such scheduler. It can declare one with {nameof(BuildDataApiOptions)}.{nameof(BuildDataApiOptions.OnForce)}.");

        Builder builder = await FindBuilder(data, scheduler, parameters, context.RequestAborted).ConfigureAwait(false);
        return await scheduler.Force(new ForceRequest(context, builder, scheduler.ReadValues(parameters))).ConfigureAwait(false);
    }

    private static async Task<Builder> FindBuilder(DataApi data, ForceScheduler scheduler, JsonElement parameters, CancellationToken cancellationToken)
    {
        Builder? builder = null;
        if (parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty("builderid", out JsonElement id) && ReadId(id) is { } known)
            builder = await data.Get(new BuilderByRef(known), cancellationToken: cancellationToken).ConfigureAwait(false);
        else if (scheduler.Builders is [var only])
            builder = await data.Get(new BuilderByRef(only), cancellationToken: cancellationToken).ConfigureAwait(false);
        return builder is not null && scheduler.Builders.Contains(builder.Name)
            ? builder
            : throw new ControlException($"The parameter 'builderid' must be the id of one of these builders: {string.Join(", ", scheduler.Builders)}.");
    }

    // Forms send numbers as text.
    private static long? ReadId(JsonElement id) =>
        id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out long number) ? number
        : id.ValueKind == JsonValueKind.String && long.TryParse(id.GetString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long text) ? text
        : null;

    private static string ShortText(string text) => text.Length <= 50 ? text : text[..50] + "…";
}
