using BuildData.Events;
using BuildData.Resources;
using BuildData.Stores;

namespace BuildData.Torture.Followers;

/// <summary>An event as its row in the table of events has it.</summary>
internal sealed class RecordedEvent(StoredEvent row)
{
    private readonly UnnumberedEvent _event = row.ToPendingEvent(ResourceTypes.Catalog);

    public long Sequence => row.Sequence;

    public string Name => row.Name;

    /// <summary>Gets whether subscriptions receive the event, and not only watches.</summary>
    public bool IsPublic => row.IsPublic(ResourceTypes.Catalog);

    /// <summary>Gets the event without properties.</summary>
    public DataEvent Event => field ??= _event.ToDataEvent(row.Cursor);

    /// <summary>Gets the event with all properties that its build or build request has.</summary>
    public DataEvent WithProperties => field ??= _event.Properties is { } properties
        ? new DataEvent(row.Cursor, _event.Type, _event.Name, _event.Type.WithProperties(_event.Resource, properties), _event.Id)
        : Event;
}
