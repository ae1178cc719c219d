using BuildData.AspNetCore.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BuildData.AspNetCore.Dashboard.Web;

/// <summary>Reads the addresses of pages.</summary>
internal static class DashboardTarget
{
    /// <summary>Returns the data path of a page, still percent-encoded, such as <c>/builders/linux%2Fx64</c>.</summary>
    public static string FindPath(HttpContext context) => RestTarget.Find(context).Split('?')[0];

    /// <summary>
    /// Returns the relative address to which a request must be redirected so that the relative addresses in the page are right; null if they are
    /// right already.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="isFolder">Whether the address of the page ends with a slash.</param>
    public static string? FindRedirect(HttpContext context, bool isFolder)
    {
        string path = context.Features.Get<IHttpRequestFeature>()?.RawTarget.Split('?')[0] is { Length: > 0 } raw
            ? raw
            : context.Request.PathBase.Add(context.Request.Path).ToUriComponent();
        if (path.EndsWith('/') == isFolder)
            return null;

        string trimmed = path.TrimEnd('/');
        string last = trimmed[(trimmed.LastIndexOf('/') + 1)..];

        // The dots keep a name with a colon from being the scheme of an address.
        return (isFolder ? $"./{last}/" : $"../{last}") + context.Request.QueryString;
    }
}
