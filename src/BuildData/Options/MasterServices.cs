using Microsoft.Extensions.DependencyInjection;

namespace BuildData.Options;

/// <summary>Finds the services of the host program for one master.</summary>
/// <param name="provider">The service provider.</param>
/// <param name="key">The service key of the master; null if it has none.</param>
internal sealed class MasterServices(IServiceProvider provider, object? key)
{
    /// <summary>Returns the service with the key of the master, otherwise the service without a key, otherwise null.</summary>
    public T? Find<T>()
        where T : class =>
        (key is null ? null : (provider as IKeyedServiceProvider)?.GetKeyedService(typeof(T), key) as T) ?? provider.GetService(typeof(T)) as T;
}
