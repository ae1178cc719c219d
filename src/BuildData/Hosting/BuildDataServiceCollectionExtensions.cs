using BuildData;
using BuildData.Hosting;
using BuildData.Options;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Provides methods that add BuildData to a service collection.</summary>
/// <remarks>
/// <para>The methods add a singleton <see cref="Master"/>, and the <see cref="DataApi"/>, <see cref="Updates"/> and <see cref="EventHub"/>
/// of this master. The store opens on first use. With <see cref="BuildDataOptions.OpenOnStart"/>, the store opens when the host
/// starts.</para>
/// <para>The options are named options of <see cref="IOptionsMonitor{TOptions}"/>. The text of the service key is the name of the options.
/// Without a key, the options have the default name. So <c>Configure</c>, <c>PostConfigure</c> and the binding to a configuration work as
/// for other options. The options are checked when the host starts, and when the master is created. An invalid option causes an
/// <see cref="OptionsValidationException"/>.</para>
/// <para>The master uses the logger factory, the meter factory and the <see cref="TimeProvider"/> of the service container, unless the
/// options set other objects. Dispose the container asynchronously, as the .NET Generic Host does, because a synchronous disposal blocks
/// the thread.</para>
/// </remarks>
public static class BuildDataServiceCollectionExtensions
{
    /// <summary>
    /// Adds a singleton <see cref="Master"/>. Other code sets the options of the master. For example, the options come from a
    /// configuration.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <returns>The service collection.</returns>
    /// <example><c>services.AddBuildData().Configure&lt;BuildDataOptions&gt;(configuration.GetSection("BuildData"))</c></example>
    /// <exception cref="InvalidOperationException">The service collection already contains a master without a key.</exception>
    public static IServiceCollection AddBuildData(this IServiceCollection services) => services.AddBuildData(static (_, _) => { });

    /// <summary>Adds a singleton <see cref="Master"/>.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">Sets the options of the master.</param>
    /// <returns>The service collection.</returns>
    /// <example><c>services.AddBuildData(o => o.UseSqlite("Data Source=builds.db"))</c></example>
    /// <exception cref="InvalidOperationException">The service collection already contains a master without a key.</exception>
    public static IServiceCollection AddBuildData(this IServiceCollection services, Action<BuildDataOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddBuildData((_, options) => configure(options));
    }

    /// <summary>Adds a singleton <see cref="Master"/> whose options depend on other services.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">Sets the options of the master. The first argument is the service provider.</param>
    /// <returns>The service collection.</returns>
    /// <exception cref="InvalidOperationException">The service collection already contains a master without a key.</exception>
    public static IServiceCollection AddBuildData(this IServiceCollection services, Action<IServiceProvider, BuildDataOptions> configure)
    {
        AddOptions(services, key: null, configure);
        return services
            .AddSingleton(static provider => CreateMaster(provider, key: null))
            .AddSingleton(static provider => provider.GetRequiredService<Master>().Data)
            .AddSingleton(static provider => provider.GetRequiredService<Master>().Data.Updates)
            .AddSingleton(static provider => provider.GetRequiredService<Master>().Data.Events)
            .AddSingleton<IHostedService>(static provider => new StoreOpener(provider, key: null));
    }

    /// <summary>
    /// Adds a singleton <see cref="Master"/> with a service key. Other code sets the options of the master. For example, the options come
    /// from a configuration.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="key">The service key. Its text is the name of the options.</param>
    /// <returns>The service collection.</returns>
    /// <exception cref="InvalidOperationException">The service collection already contains a master with this key.</exception>
    public static IServiceCollection AddKeyedBuildData(this IServiceCollection services, object key) => services.AddKeyedBuildData(key, static (_, _) => { });

    /// <summary>
    /// Adds a singleton <see cref="Master"/> with a service key. A host program that uses several stores can have one master for each
    /// store.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="key">The service key. Its text is the name of the options.</param>
    /// <param name="configure">Sets the options of the master.</param>
    /// <returns>The service collection.</returns>
    /// <exception cref="InvalidOperationException">The service collection already contains a master with this key.</exception>
    public static IServiceCollection AddKeyedBuildData(this IServiceCollection services, object key, Action<BuildDataOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddKeyedBuildData(key, (_, options) => configure(options));
    }

    /// <summary>Adds a singleton <see cref="Master"/> with a service key. The options of the master depend on other services.</summary>
    /// <param name="services">The service collection.</param>
    /// <param name="key">The service key. Its text is the name of the options.</param>
    /// <param name="configure">Sets the options of the master. The first argument is the service provider.</param>
    /// <returns>The service collection.</returns>
    /// <exception cref="InvalidOperationException">The service collection already contains a master with this key.</exception>
    public static IServiceCollection AddKeyedBuildData(this IServiceCollection services, object key, Action<IServiceProvider, BuildDataOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(key);
        AddOptions(services, key, configure);
        return services
            .AddKeyedSingleton(key, static (provider, key) => CreateMaster(provider, key))
            .AddKeyedSingleton(key, static (provider, key) => provider.GetRequiredKeyedService<Master>(key).Data)
            .AddKeyedSingleton(key, static (provider, key) => provider.GetRequiredKeyedService<Master>(key).Data.Updates)
            .AddKeyedSingleton(key, static (provider, key) => provider.GetRequiredKeyedService<Master>(key).Data.Events)
            .AddSingleton<IHostedService>(provider => new StoreOpener(provider, key));
    }

    /// <summary>Returns the name of a master's options: the text of its service key, or the default name for a master without a key.</summary>
    internal static string OptionsName(object? key) => key?.ToString() ?? Microsoft.Extensions.Options.Options.DefaultName;

    private static void AddOptions(IServiceCollection services, object? key, Action<IServiceProvider, BuildDataOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        if (services.Any(service => service.ServiceType == typeof(Master) && Equals(service.ServiceKey, key)))
        {
            throw new InvalidOperationException(key is null
                ? "AddBuildData was already called. Set further options with Configure<BuildDataOptions>, or add a second master with AddKeyedBuildData."
                : $"AddKeyedBuildData was already called with the key '{key}'. Each master needs a key of its own.");
        }

        string name = OptionsName(key);
        services.AddOptions<BuildDataOptions>(name)
            .Configure<IServiceProvider>((options, provider) => configure(provider, options))
            .PostConfigure<IServiceProvider>((options, provider) => options.UseServices(new ServiceFinder(provider, key)))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<BuildDataOptions>>(new BuildDataOptionsValidator(name));
    }

    private static Master CreateMaster(IServiceProvider provider, object? key) =>
        new(provider.GetRequiredService<IOptionsMonitor<BuildDataOptions>>().Get(OptionsName(key)));
}
