using System.Collections.Concurrent;

namespace BuildData.Torture.Handovers.Control;

/// <summary>Keeps the idle carriers. To start a thread of the operating system for each controlled thread would take most of the time.</summary>
internal sealed class CarrierPool
{
    private readonly ConcurrentBag<Carrier> _idle = [];

    public Carrier Rent() => _idle.TryTake(out Carrier? carrier) ? carrier : new Carrier(this);

    public void Return(Carrier carrier) => _idle.Add(carrier);
}
