using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BuildData.AspNetCore.Access;

/// <summary>
/// Protects endpoints for which the host program has made no decision about access. Such an endpoint answers only requests from the same machine.
/// </summary>
/// <remarks>
/// <para>If the endpoint has authorization metadata (<c>RequireAuthorization</c> or <c>AllowAnonymous</c>), or if the host program has a fallback
/// policy, only that decides, and this class does nothing. A second filter beside the host's own would confuse everybody.</para>
/// <para>A reverse proxy on the same machine makes every request look local. Therefore a request with forwarding headers is refused. A page of a
/// foreign site can point its own name at 127.0.0.1, and would then be local too. Therefore the host name must be a local one.</para>
/// </remarks>
internal static class AccessGuard
{
    // What proxies add. "X-Original-For" remains after the middleware of the framework has applied the others.
    private static readonly string[] ForwardingHeaders =
    [
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "X-Original-For", "X-Original-Host", "X-Original-Proto", "X-Real-IP",
    ];

    /// <summary>Returns a delegate that calls another one only for requests that may have access. Other requests get status 403 and a reason.</summary>
    /// <param name="next">Handles the requests that may have access.</param>
    /// <param name="mapping">The method that the host program has called, such as <c>MapBuildDataApi</c>. The reason contains it.</param>
    /// <param name="refuse">Writes the answer to a request that has no access.</param>
    public static RequestDelegate Protect(RequestDelegate next, string mapping, Func<HttpContext, string, Task> refuse) => async context =>
    {
        if (await IsDecidedByHost(context).ConfigureAwait(false) || FindRefusal(context) is not { } reason)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await refuse(
            context,
            $"{reason} To grant access, call RequireAuthorization or AllowAnonymous on what {mapping} returns.").ConfigureAwait(false);
    };

    private static async ValueTask<bool> IsDecidedByHost(HttpContext context)
    {
        EndpointMetadataCollection? metadata = context.GetEndpoint()?.Metadata;
        if (metadata is null)
            return false;
        if (metadata.GetMetadata<IAuthorizeData>() is not null
            || metadata.GetMetadata<IAllowAnonymous>() is not null
            || metadata.GetMetadata<AuthorizationPolicy>() is not null
            || metadata.GetMetadata<IAuthorizationRequirementData>() is not null)
        {
            return true;
        }

        // The authorization middleware applies the fallback policy to endpoints without metadata. Without that middleware, nothing does.
        return context.Items.ContainsKey("__AuthorizationMiddlewareWithEndpointInvoked")
            && context.RequestServices.GetService<IAuthorizationPolicyProvider>() is { } policies
            && await policies.GetFallbackPolicyAsync().ConfigureAwait(false) is not null;
    }

    private static string? FindRefusal(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address)
            return "Only this machine has access, and the request does not tell where it comes from.";
        if (!IPAddress.IsLoopback(address))
            return "Only this machine has access.";
        if (Array.Find(ForwardingHeaders, context.Request.Headers.ContainsKey) is { } header)
            return $"Only this machine has access, and the header '{header}' shows that the request was forwarded.";
        return IsLocalName(context.Request.Host) ? null : "Only this machine has access, and the host name of the request is not a name of this machine.";
    }

    private static bool IsLocalName(HostString host) =>
        string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
}
