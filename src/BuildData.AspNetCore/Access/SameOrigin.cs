using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace BuildData.AspNetCore.Access;

/// <summary>Recognises requests that a page of another site has caused in the browser of a user.</summary>
internal static class SameOrigin
{
    /// <summary>Returns whether a request comes from a page of the same origin, or from a program that is not a browser.</summary>
    /// <remarks>
    /// Browsers send <c>Sec-Fetch-Site</c> and, with each request that can change something, <c>Origin</c>. Other programs send neither. The scheme
    /// is not compared, because a proxy that ends TLS changes it.
    /// </remarks>
    public static bool Allows(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is "same-origin" or "none";
        string origin = request.Headers[HeaderNames.Origin].ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
                && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
