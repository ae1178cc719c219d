using System.Globalization;
using System.Net;
using BuildData.AspNetCore.Answers;
using Microsoft.AspNetCore.Http;

namespace BuildData.AspNetCore.Badges;

/// <summary>Answers with a picture of a builder's last finished build, for a README.</summary>
internal static class Badge
{
    private const string Extension = ".svg";
    private const int LongestName = 60;

    public static async Task Get(HttpContext context, DataApi data)
    {
        string file = (string)context.Request.RouteValues["file"]!;
        if (!file.EndsWith(Extension, StringComparison.Ordinal))
            throw new ApiException(StatusCodes.Status404NotFound, "The address of a badge ends with '.svg'.");

        // A slash in the name is still encoded.
        string name = Uri.UnescapeDataString(file[..^Extension.Length]);
        if (await data.Get(new BuilderByRef(name), cancellationToken: context.RequestAborted).ConfigureAwait(false) is not { } builder)
            throw new ApiException(StatusCodes.Status404NotFound, "There is no builder of this name.");

        ResourceList<Build> last = await data.GetAll<Build>(
            $"/builders/{builder.BuilderId}/builds?complete=true&order=-number&limit=1", cancellationToken: context.RequestAborted).ConfigureAwait(false);
        (string text, string colour) = last is [{ Results: { } result }] ? Describe(result) : ("no builds", "#6b7280");
        context.Response.ContentType = "image/svg+xml; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'";
        await context.Response.WriteAsync(Draw(builder.Name.Length <= LongestName ? builder.Name : builder.Name[..LongestName], text, colour), context.RequestAborted).ConfigureAwait(false);
    }

    private static (string Text, string Colour) Describe(BuildResult result) => result switch
    {
        BuildResult.Success => ("success", "#15803d"),
        BuildResult.Warnings => ("warnings", "#a16207"),
        BuildResult.Failure => ("failure", "#b91c1c"),
        BuildResult.Exception => ("exception", "#7e22ce"),
        BuildResult.Skipped => ("skipped", "#4b5563"),
        BuildResult.Retry => ("retry", "#4b5563"),
        _ => ("cancelled", "#4b5563"),
    };

    private static string Draw(string name, string text, string colour)
    {
        // The font is not known here, so the texts are fitted into the widths.
        int left = 14 + (7 * name.Length);
        int right = 14 + (7 * text.Length);
        string label = WebUtility.HtmlEncode(name);
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{label}: {text}">
            <title>{label}: {text}</title>
            <rect width="{left}" height="20" fill="#374151"/><rect x="{left}" width="{right}" height="20" fill="{colour}"/>
            <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">
            <text x="{left / 2}" y="14" textLength="{left - 14}" lengthAdjust="spacingAndGlyphs">{label}</text>
            <text x="{left + (right / 2)}" y="14" textLength="{right - 14}" lengthAdjust="spacingAndGlyphs">{text}</text>
            </g>
            </svg>
            """);
    }
}
