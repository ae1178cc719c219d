using System.Diagnostics.Metrics;
using BuildData;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts BuildData into a host's container.</summary>
public static class BuildDataServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="Master"/> that lives as long as the container and opens its store on first use:
    /// <c>services.AddBuildData(o => o.UseSqlite("Data Source=builds.db"))</c>. The container must be disposed asynchronously,
    /// as hosts do.
    /// </summary>
    /// <exception cref="ArgumentException">An option makes no sense, or no store is chosen.</exception>
    public static IServiceCollection AddBuildData(this IServiceCollection services, Action<BuildDataOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new BuildDataOptions();
        configure(options);
        options.Validate();
        return services.AddSingleton(provider =>
        {
            BuildDataOptions own = options.Copy();
            own.LoggerFactory ??= (ILoggerFactory?)provider.GetService(typeof(ILoggerFactory));
            own.MeterFactory ??= (IMeterFactory?)provider.GetService(typeof(IMeterFactory));
            return new Master(own);
        });
    }
}
