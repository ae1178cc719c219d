using Microsoft.Extensions.DependencyInjection;

namespace BuildData.Options;

/// <summary>Finds the services of the host program for one master.</summary>
/// <param name="provider">The service provider.</param>
/// <param name="serviceKey">The service key of the master; null if it has none.</param>
internal sealed class ServiceFinder(IServiceProvider provider, object? serviceKey)
{
    /// <summary>Returns the service with the key of the master, otherwise the service without a key, otherwise null.</summary>
    public T? FindKeyedOrDefault<T>()
        where T : class =>
        (serviceKey is null ? null : (provider as IKeyedServiceProvider)?.GetKeyedService(typeof(T), serviceKey) as T) ?? provider.GetService(typeof(T)) as T;
}
