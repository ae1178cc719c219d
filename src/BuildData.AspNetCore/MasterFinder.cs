using Microsoft.Extensions.DependencyInjection;

namespace BuildData.AspNetCore;

/// <summary>Finds the master that a mapping serves.</summary>
internal static class MasterFinder
{
    /// <summary>Returns the master with a service key, or the one without a key.</summary>
    public static Master Find(IServiceProvider services, object? key) =>
        key is null ? services.GetRequiredService<Master>() : services.GetRequiredKeyedService<Master>(key);
}
