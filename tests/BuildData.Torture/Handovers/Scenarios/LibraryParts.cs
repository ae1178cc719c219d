using BuildData.Diagnostics;
using BuildData.Events;
using BuildData.Resources;
using BuildData.Resources.Masters;
using BuildData.Stores;

namespace BuildData.Torture.Handovers.Scenarios;

/// <summary>What a store gets from its master, without a master.</summary>
internal sealed class LibraryParts
{
    private readonly Telemetry _telemetry;

    public LibraryParts()
    {
        var options = new BuildDataOptions();
        _telemetry = new Telemetry(options.LoggerFactory, options.MeterFactory, options.MasterName);
        LastPublic = new LastPublicEventCursorTracker((_, _) => throw new NotSupportedException(), _ => { });
        Hub = new EventHub(ResourceTypes.Catalog, _telemetry, options.SubscriberBuffer, readOnlyStore: null, LastPublic);
        Context = new StoreContext(options, Hub, _telemetry, MasterTable.CreateHeartbeatUpdate);
    }

    public LastPublicEventCursorTracker LastPublic { get; }

    public EventHub Hub { get; }

    public StoreContext Context { get; }
}
