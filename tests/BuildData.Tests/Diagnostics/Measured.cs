using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace BuildData.Tests;

/// <summary>Makes meters, and keeps what they measure.</summary>
internal sealed class Measured : IMeterFactory
{
    private readonly ConcurrentQueue<(string Instrument, double Value, string Tags)> _values = new();
    private readonly ConcurrentQueue<string> _instruments = new();
    private readonly ConcurrentQueue<KeptMeter> _meters = new();
    private readonly MeterListener _listener = new();

    public Measured()
    {
        // Other tests have meters of the same name.
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope != this)
                return;
            _instruments.Enqueue(instrument.Name);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyList<string> MeterNames => [.. _meters.Select(meter => meter.Name)];

    public IReadOnlyList<string> Instruments => [.. _instruments];

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new KeptMeter(options);
        _meters.Enqueue(meter);
        return meter;
    }

    /// <summary>What an instrument has measured since this was asked last, and what is observed now.</summary>
    public IReadOnlyList<(double Value, string Tags)> Take(string instrument)
    {
        _listener.RecordObservableInstruments();
        var taken = new List<(double Value, string Tags)>();
        while (_values.TryDequeue(out (string Instrument, double Value, string Tags) one))
        {
            if (one.Instrument == instrument)
                taken.Add((one.Value, one.Tags));
        }

        return taken;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (KeptMeter meter in _meters)
            meter.Release();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var texts = new List<string>();
        foreach ((string key, object? tag) in tags)
            texts.Add($"{key}={tag}");
        _values.Enqueue((instrument.Name, value, string.Join(' ', texts)));
    }

    /// <summary>A meter that is its factory's, as a container's meters are: whoever asked for it can't dispose of it.</summary>
    private sealed class KeptMeter(MeterOptions options) : Meter(options)
    {
        private bool _isReleased;

        public void Release()
        {
            _isReleased = true;
            Dispose();
        }

        protected override void Dispose(bool disposing)
        {
            if (_isReleased)
                base.Dispose(disposing);
        }
    }
}
