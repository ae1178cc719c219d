using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BuildData.Hosting;

/// <summary>
/// Opens the store of a master when the host starts, if <see cref="BuildDataOptions.OpensOnStart"/> is set. The store is open before other
/// hosted services start. When the other hosted services have stopped, measures and traces the last builds. The service container then
/// disposes the master.
/// </summary>
/// <param name="provider">The service provider.</param>
/// <param name="key">The service key of the master; null if it has none.</param>
internal sealed class StoreOpener(IServiceProvider provider, object? key) : IHostedLifecycleService
{
    private BuildDataOptions Options =>
        provider.GetRequiredService<IOptionsMonitor<BuildDataOptions>>().Get(BuildDataServiceCollectionExtensions.OptionsName(key));

    private Master Master => key is null ? provider.GetRequiredService<Master>() : provider.GetRequiredKeyedService<Master>(key);

    public Task StartingAsync(CancellationToken cancellationToken) =>
        Options.OpensOnStart ? Master.Open(cancellationToken) : Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A container disposes first what it created last. Exporters of telemetry are often created after the master, so they don't receive what
    // the disposal of the master measures.
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        BuildDataOptions options = Options;
        return options.MeasuresBuilds || options.TracesBuilds ? Master.EndMeasuring(cancellationToken) : Task.CompletedTask;
    }
}
