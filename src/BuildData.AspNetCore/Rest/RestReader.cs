using System.Text.Json;
using BuildData.AspNetCore.Access;
using BuildData.AspNetCore.Answers;
using BuildData.AspNetCore.Control;
using BuildData.Queries;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore.Rest;

/// <summary>Answers GET requests with resources: <c>{"builds":[…],"meta":{"total":12}}</c>. Thread-safe.</summary>
/// <remarks>
/// The resources are always an array under the plural name, also if the path returns one resource. A collection without an order and without a limit
/// is streamed, whatever its length. Every other answer is complete in memory before its first byte is sent, so that an error has its own status.
/// </remarks>
internal sealed class RestReader
{
    // What is streamed is sent in parts of this size. A larger answer is not kept either.
    private const int PartSize = 256 * 1024;

    // Most collections are shorter than this, and are read by one statement in their own order.
    private const int FirstPage = 1000;
    private const int CacheSize = 16 * 1024 * 1024;

    private readonly BuildDataApiOptions _options;
    private readonly ForceSchedulers _forceSchedulers;
    private readonly ResponseCache _cache = new(CacheSize);

    public RestReader(BuildDataApiOptions options, ForceSchedulers forceSchedulers)
    {
        _options = options;
        _forceSchedulers = forceSchedulers;
    }

    /// <summary>Answers a request.</summary>
    public async Task Get(HttpContext context)
    {
        DataApi data = MasterFinder.Find(context.RequestServices, _options.ServiceKey).Data;
        string path = RestTarget.Find(context);
        string? version = IsUnversioned(path) ? null : await data.GetVersion(context.RequestAborted).ConfigureAwait(false);
        if (version is null)
        {
            context.Response.Headers.CacheControl = "no-store";
        }
        else
        {
            context.Response.Headers.CacheControl = "private, no-cache";
            context.Response.Headers.ETag = $"W/\"{version}\"";
            if (EntityTag.Matches(context.Request.Headers.IfNoneMatch, version))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            if (_cache.Find(version, path) is { } known)
            {
                await context.Response.WriteJson(known, context.RequestAborted).ConfigureAwait(false);
                return;
            }
        }

        if (path == "/")
            await context.Response.WriteJson(ApiDescription.Endpoints, context.RequestAborted).ConfigureAwait(false);
        else if (path is "/application.spec")
            await context.Response.WriteJson(ApiDescription.Specification, context.RequestAborted).ConfigureAwait(false);
        else if (await _forceSchedulers.Find(data, path, context.RequestAborted).ConfigureAwait(false) is { } schedulers)
            await context.Response.WriteJson(schedulers, context.RequestAborted).ConfigureAwait(false);
        else if (Parse(path) is { } parsed)
            await Answer(context, data, parsed, path, version).ConfigureAwait(false);
        else
            await context.Response.WriteJson(CollectionAnswer.Empty(AbsentCollections.Find(path)!), context.RequestAborted).ConfigureAwait(false);
    }

    // Masters and workers are seen again and again without notice, and the chunks of logs are merged. Everything else keeps its answer while the
    // version is the same.
    private static bool IsUnversioned(string path) =>
        path.Contains("/masters", StringComparison.Ordinal) || path.Contains("/workers", StringComparison.Ordinal) || path.Contains("/log_sizes", StringComparison.Ordinal);

    private static ParsedPath? Parse(string path)
    {
        try
        {
            return DataApi.ParsePath(path);
        }
        catch (InvalidPathException) when (AbsentCollections.Find(path) is not null)
        {
            return null;
        }
    }

    private async Task Answer(HttpContext context, DataApi data, ParsedPath parsed, string path, string? version)
    {
        if (parsed.Query is RawOfLog raw)
            await RawLogWriter.Write(context, data, raw).ConfigureAwait(false);
        else if (!await TryGetPage(context, data, parsed, path, version).ConfigureAwait(false))
            await StreamAll(context, data, parsed).ConfigureAwait(false);
    }

    /// <summary>Answers with a resource or a page. Returns false if the collection is longer than a page, and must be streamed.</summary>
    private async Task<bool> TryGetPage(HttpContext context, DataApi data, ParsedPath parsed, string path, string? version)
    {
        ResultSpec spec = parsed.Spec;
        bool canStream = spec is { Order.Count: 0, Limit: null, Offset: null, After: null };
        if (spec.Limit > _options.MaxRows)
            throw new ApiException(StatusCodes.Status400BadRequest, $"The limit is {spec.Limit}, and the most is {_options.MaxRows}. Read the rest with further requests: meta.next has the value of their parameter 'after'.");

        if (parsed.Query.IsCollection)
            spec = spec with { Limit = spec.Limit ?? (canStream ? Math.Min(FirstPage, _options.MaxRows) : _options.MaxRows) };
        DataResult result = await data.Get(parsed.Query, spec, context.RequestAborted).ConfigureAwait(false);
        if (result.Value is null)
            throw new ApiException(StatusCodes.Status404NotFound, $"There is nothing at '{parsed.Query.Path}'.");
        if (result.Next is not null && canStream)
            return false;
        if (result.Next is not null && parsed.Spec.Limit is null)
            throw new ApiException(StatusCodes.Status400BadRequest, $"The answer has more than {_options.MaxRows} rows. Set a limit, or leave out the order and the offset: then there is no limit.");

        using PooledBuffer buffer = new();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.Options))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(result.ResourceName);
            if (!result.IsCollection)
                writer.WriteStartArray();
            result.WriteTo(writer);
            if (!result.IsCollection)
                writer.WriteEndArray();
            WriteMeta(writer, result.IsCollection ? result.Total : 1, result.Next);
        }

        if (version is not null && buffer.WrittenCount <= PartSize)
            _cache.Add(version, path, buffer.WrittenMemory.ToArray());
        await context.Response.WriteJson(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
        return true;
    }

    private static async Task StreamAll(HttpContext context, DataApi data, ParsedPath parsed)
    {
        // The length is not known before the end, so the answer has no entity tag that the next request could use.
        context.Response.Headers.ETag = default;
        context.Response.SetJsonHeaders();
        if (HttpMethods.IsHead(context.Request.Method))
            return;

        StreamedResult stream = data.Stream(parsed.Query, parsed.Spec);
        using PooledBuffer buffer = new();
        using var writer = new Utf8JsonWriter(buffer, ApiJson.Options);
        writer.WriteStartObject();
        writer.WriteStartArray(stream.ResourceName);
        long count = 0;
        await foreach (object resource in stream.WithCancellation(context.RequestAborted).ConfigureAwait(false))
        {
            stream.WriteTo(writer, resource);
            count++;
            if (buffer.WrittenCount + writer.BytesPending >= PartSize)
                await SendPart().ConfigureAwait(false);
        }

        WriteMeta(writer, count, next: null);
        await SendPart().ConfigureAwait(false);

        async ValueTask SendPart()
        {
            writer.Flush();
            await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
            buffer.Clear();
        }
    }

    private static void WriteMeta(Utf8JsonWriter writer, long? total, string? next)
    {
        if (writer.CurrentDepth > 1)
            writer.WriteEndArray();
        writer.WriteStartObject("meta");
        if (total is { } known)
            writer.WriteNumber("total", known);
        if (next is not null)
            writer.WriteString("next", next);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
