using BuildData.AspNetCore;
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
    /// Without <c>RequireAuthorization</c>, <c>AllowAnonymous</c> or a fallback policy, the dashboard answers only requests from the same machine.
    /// </remarks>
    public static IEndpointConventionBuilder MapBuildDataDashboard(
        this IEndpointRouteBuilder endpoints, string prefix = "/builds", Action<BuildDataDashboardOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var options = new BuildDataDashboardOptions();
        configure?.Invoke(options);
        return endpoints.MapGroup(prefix);
    }
}
