using System.Diagnostics.Metrics;
using BuildData;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides a method that adds BuildData to a service collection.</summary>
public static class BuildDataServiceCollectionExtensions
{
    /// <summary>Adds a singleton <see cref="Master"/>, which opens its store on first use.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">Sets the options of the master.</param>
    /// <returns>The service collection.</returns>
    /// <remarks>
    /// The master uses the logger factory and the meter factory of the service container, unless the options set other factories. Dispose
    /// the container asynchronously, as the .NET Generic Host does: a synchronous disposal blocks the thread.
    /// </remarks>
    /// <example><c>services.AddBuildData(o => o.UseSqlite("Data Source=builds.db"))</c></example>
    /// <exception cref="ArgumentException">An option is invalid, or no store is chosen.</exception>
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
