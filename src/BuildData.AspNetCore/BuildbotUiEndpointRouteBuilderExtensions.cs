using BuildData.AspNetCore;
using BuildData.AspNetCore.Buildbot;
using BuildData.AspNetCore.Routes;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Provides the method that serves Buildbot's user interface.</summary>
public static class BuildbotUiEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves the user interface of Buildbot, which then shows the data of a master: its files, its configuration, and the REST and WebSocket interface
    /// that it calls.
    /// </summary>
    /// <param name="endpoints">The web program.</param>
    /// <param name="prefix">The path of the first page, such as <c>/buildbot</c>.</param>
    /// <param name="folder">The folder with the built files of the interface. This package does not contain them.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>An object with which conventions such as <c>RequireAuthorization</c> are added to all endpoints.</returns>
    /// <remarks>
    /// Without <c>RequireAuthorization</c>, <c>AllowAnonymous</c> or a fallback policy, the endpoints answer only requests from the same machine.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">The folder has no <c>index.html</c>.</exception>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    public static IEndpointConventionBuilder MapBuildbotUi(
        this IEndpointRouteBuilder endpoints, string prefix, string folder, Action<BuildDataApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var options = new BuildDataApiOptions();
        configure?.Invoke(options);
        options.Validate();

        var ui = new BuildbotUi(folder, "BuildData");
        var routes = new ApiRoutes(options, nameof(MapBuildbotUi));
        RouteGroupBuilder group = endpoints.MapGroup(prefix);
        group.WithMetadata(new ExcludeFromDescriptionAttribute());
        routes.MapData(group.MapGroup("api/v2"));
        routes.MapSockets(group, "ws");
        routes.MapPage(group, "config", ui.GetConfiguration);
        routes.MapPage(group, "{**file}", ui.GetFile);
        return group;
    }
}
