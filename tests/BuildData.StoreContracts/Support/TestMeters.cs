using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace BuildData.StoreContracts;

/// <summary>Makes meters as the container of a host does, and collects what they measure. Other tests have meters of the same name.</summary>
public sealed class TestMeters : IDisposable
{
    private readonly ServiceProvider _container = new ServiceCollection().AddMetrics().BuildServiceProvider();

    /// <summary>Gets the factory for the options of a master.</summary>
    public IMeterFactory Factory => _container.GetRequiredService<IMeterFactory>();

    /// <summary>Collects what an instrument measures from now on.</summary>
    public MetricCollector<T> Collect<T>(string instrument)
        where T : struct => new(Factory, "BuildData", instrument);

    /// <summary>Returns what an observable instrument reports now.</summary>
    public IEnumerable<T> Observe<T>(string instrument)
        where T : struct => ObserveWithTags<T>(instrument).Select(measurement => measurement.Value);

    /// <summary>Returns what an observable instrument reports now, with the tags.</summary>
    public IReadOnlyList<CollectedMeasurement<T>> ObserveWithTags<T>(string instrument)
        where T : struct
    {
        using MetricCollector<T> collector = Collect<T>(instrument);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot();
    }

    /// <summary>Ends the meters.</summary>
    public void Dispose() => _container.Dispose();
}
