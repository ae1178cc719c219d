using BuildData.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides a method that adds a health check of BuildData.</summary>
public static class BuildDataHealthChecksBuilderExtensions
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds a health check of a master and its store.</summary>
    /// <remarks>
    /// <para>The check opens the store if necessary, reads from the store, and writes the heartbeat of the master. If one of these steps
    /// fails, the result has the failure status. The check does not write to a read-only store.</para>
    /// <para>The result is <see cref="HealthStatus.Degraded"/> if the store can be read and written, but the last heartbeat is too old, the
    /// connection for notifications is lost, or events are late. The description names the reason.</para>
    /// </remarks>
    /// <param name="builder">The builder.</param>
    /// <param name="serviceKey">The service key of the master; null for the master without a key.</param>
    /// <param name="name">
    /// The name of the check. Null stands for <c>builddata</c>, followed by the service key if there is one, such as <c>builddata:live</c>.
    /// </param>
    /// <param name="failureStatus">
    /// The status that the check reports if the store can't be opened, read or written. Null stands for
    /// <see cref="HealthStatus.Unhealthy"/>.
    /// </param>
    /// <param name="tags">The tags of the check. A program can select checks by their tags.</param>
    /// <param name="timeout">The maximum duration of the check. Null stands for 10 seconds.</param>
    /// <returns>The builder.</returns>
    /// <example><c>services.AddHealthChecks().AddBuildData()</c></example>
    public static IHealthChecksBuilder AddBuildData(
        this IHealthChecksBuilder builder,
        object? serviceKey = null,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name ?? (serviceKey is null ? "builddata" : $"builddata:{serviceKey}"),
            provider => new StoreHealthCheck(provider, serviceKey),
            failureStatus,
            tags,
            timeout ?? DefaultTimeout));
    }
}
