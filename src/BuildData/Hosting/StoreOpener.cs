using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BuildData.Hosting;

/// <summary>
/// Opens the store of a master when the host starts, if <see cref="BuildDataOptions.OpensOnStart"/> is set. The store is open before other
/// hosted services start. The service container disposes the master after all hosted services have stopped.
/// </summary>
/// <param name="provider">The service provider.</param>
/// <param name="key">The service key of the master; null if it has none.</param>
internal sealed class StoreOpener(IServiceProvider provider, object? key) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        string name = BuildDataServiceCollectionExtensions.OptionsName(key);
        return provider.GetRequiredService<IOptionsMonitor<BuildDataOptions>>().Get(name).OpensOnStart
            ? (key is null ? provider.GetRequiredService<Master>() : provider.GetRequiredKeyedService<Master>(key)).Open(cancellationToken)
            : Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
