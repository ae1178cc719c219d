using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BuildData.AspNetCore.Rest;

/// <summary>Answers requests for the whole text of a log.</summary>
internal static class RawLogWriter
{
    public static async Task Write(HttpContext context, DataApi data, RawOfLog query)
    {
        using RawLogStream text = await data.Logs.OpenRaw(query.Log, includeHeader: true, context.RequestAborted).ConfigureAwait(false);
        HttpResponse response = context.Response;
        response.ContentType = $"{text.MimeType}; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";

        // A log in HTML is text of the program that ran the step. The sandbox keeps its scripts from running, and from this site's data.
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
        if (!query.IsInline)
        {
            var disposition = new ContentDispositionHeaderValue("attachment");
            disposition.SetHttpFileName(text.Filename);
            response.Headers.ContentDisposition = disposition.ToString();
        }

        if (!HttpMethods.IsHead(context.Request.Method))
            await text.CopyToAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
    }
}
