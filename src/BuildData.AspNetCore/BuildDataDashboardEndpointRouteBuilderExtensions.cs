using BuildData.AspNetCore;
using BuildData.AspNetCore.Dashboard.Web;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Provides the method that adds the dashboard to a web program.</summary>
public static class BuildDataDashboardEndpointRouteBuilderExtensions
{
    /// <summary>Adds the dashboard: pages that show the builds of a master live.</summary>
    /// <param name="endpoints">The web program.</param>
    /// <param name="prefix">The path of the first page, such as <c>/builds</c>.</param>
    /// <param name="configure">Sets the options; null for the defaults.</param>
    /// <returns>
    /// An object with which conventions such as <c>RequireAuthorization</c> are added to all pages, data and assets of the dashboard.
    /// </returns>
    /// <remarks>
    /// <para>Without <c>RequireAuthorization</c>, <c>AllowAnonymous</c> or a fallback policy, the dashboard answers only requests from the same
    /// machine.</para>
    /// <para>No middleware and no other endpoint is needed. All addresses in the pages are relative, so the dashboard also works below a path base or
    /// behind a proxy that removes a part of the path.</para>
    /// </remarks>
    /// <example><c>app.MapBuildDataDashboard("/builds").RequireAuthorization("builds");</c></example>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    public static IEndpointConventionBuilder MapBuildDataDashboard(
        this IEndpointRouteBuilder endpoints, string prefix = "/builds", Action<BuildDataDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var options = new BuildDataDashboardOptions();
        configure?.Invoke(options);
        options.Validate();

        RouteGroupBuilder group = endpoints.MapGroup(prefix);
        new DashboardRoutes(options, nameof(MapBuildDataDashboard)).Map(group);
        return group;
    }
}
