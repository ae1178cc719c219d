using BuildData.AspNetCore;
using BuildData.AspNetCore.Routes;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Provides the method that adds the REST interface to a web program.</summary>
public static class BuildDataApiEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Adds a REST interface to the data of a master: a GET endpoint for each endpoint path of the library, WebSockets at <c>ws</c>, server-sent events at
    /// <c>sse</c>, badges at <c>badges/{builder}.svg</c>, and the control of builds by POST.
    /// </summary>
    /// <param name="endpoints">The web program.</param>
    /// <param name="prefix">The path before the endpoint paths, such as <c>/api/v2</c>.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>An object with which conventions such as <c>RequireAuthorization</c> or <c>RequireCors</c> are added to all endpoints.</returns>
    /// <remarks>
    /// Without <c>RequireAuthorization</c>, <c>AllowAnonymous</c> or a fallback policy, the endpoints answer only requests from the same machine. The
    /// OpenAPI document of the program describes the endpoints, if it has one.
    /// </remarks>
    /// <example><c>app.MapBuildDataApi("/api/v2").RequireAuthorization("builds");</c></example>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    public static IEndpointConventionBuilder MapBuildDataApi(
        this IEndpointRouteBuilder endpoints, string prefix = "/api/v2", Action<BuildDataApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var options = new BuildDataApiOptions();
        configure?.Invoke(options);
        options.Validate();

        RouteGroupBuilder group = endpoints.MapGroup(prefix);
        var routes = new ApiRoutes(options, nameof(MapBuildDataApi));
        routes.MapData(group);
        routes.MapSockets(group, "ws");
        routes.MapStreams(group, "sse");
        routes.MapBadges(group);
        return group;
    }
}
