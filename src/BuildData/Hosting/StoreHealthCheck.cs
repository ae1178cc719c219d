using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BuildData.Hosting;

/// <summary>Checks whether the store of a master can be read and written, and whether the master publishes events without delay.</summary>
/// <param name="provider">The service provider.</param>
/// <param name="serviceKey">The service key of the master; null if it has none.</param>
internal sealed class StoreHealthCheck(IServiceProvider provider, object? serviceKey) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        string action = "opened";
        try
        {
            Master master = serviceKey is null ? provider.GetRequiredService<Master>() : provider.GetRequiredKeyedService<Master>(serviceKey);
            await master.Open(cancellationToken).ConfigureAwait(false);
            action = "read";
            await master.Data.GetAll<MasterInfo>("/masters?limit=1", cancellationToken: cancellationToken).ConfigureAwait(false);
            action = "written";
            if (!master.IsReadOnly)
                await master.WriteHeartbeat(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string> problems = master.FindProblems();
            return problems.Count == 0
                ? HealthCheckResult.Healthy(master.IsReadOnly ? "The store can be read." : "The store can be read and written.")
                : HealthCheckResult.Degraded(string.Join(' ', problems));
        }
#pragma warning disable CA1031 // The result contains the error.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The store can't be {action}: {error.Message}", error);
        }
    }
}
