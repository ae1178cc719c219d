using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace BuildData.AspNetCore.Access;

/// <summary>Finds the data path of a request: the part of its target behind the prefix of the mapping, still percent-encoded, with the query string.</summary>
/// <remarks>
/// The decoded path of the framework is not enough. In it, a name with an encoded slash can look like two segments. The prefix in the raw target is
/// unknown, because a proxy can have removed a part of it. Therefore the last segments of the raw target are taken, as many as the decoded path has
/// behind the prefix.
/// </remarks>
internal static class RestTarget
{
    /// <summary>Returns the data path of a request, such as <c>/builders/linux%2Fx64/builds?limit=5</c>.</summary>
    /// <param name="context">The request. The last segment of its route pattern is the rest of the path, and the others are the prefix.</param>
    public static string Find(HttpContext context) => FindPath(context) + Query(context.Request);

    private static string FindPath(HttpContext context)
    {
        int prefix = ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.PathSegments.Count - (context.GetEndpoint()!.Metadata.GetMetadata<RestRoute>()?.Segments ?? 1);
        string decoded = context.Request.Path.Value ?? "";
        int count = decoded.AsSpan().Count('/') - prefix;
        if (count <= 0)
            return "/";

        ReadOnlySpan<char> raw = RawPath(context.Features.GetRequiredFeature<IHttpRequestFeature>());
        int start = raw.Length;
        for (int i = 0; i < count && start > 0; i++)
            start = raw[..start].LastIndexOf('/');
        return start >= 0 && start < raw.Length ? raw[start..].ToString() : Encode(decoded, count);
    }

    private static ReadOnlySpan<char> RawPath(IHttpRequestFeature request)
    {
        ReadOnlySpan<char> raw = request.RawTarget;
        int end = raw.IndexOfAny('?', '#');
        return end < 0 ? raw : raw[..end];
    }

    // For servers that do not tell the raw target.
    private static string Encode(string decoded, int count) =>
        "/" + string.Join('/', decoded.Split('/')[^count..].Select(static segment => Uri.EscapeDataString(Uri.UnescapeDataString(segment))));

    // Clients that encode every value write the "*" of property=* as %2A. In the library, an encoded star is the name of one property.
    private static string Query(HttpRequest request)
    {
        string query = request.QueryString.Value ?? "";
        return query.Length <= 1 ? "" : query.Replace("property=%2A", "property=*", StringComparison.OrdinalIgnoreCase);
    }
}
