using BuildData.Definitions;

namespace BuildData.Events;

/// <summary>
/// Represents an event without its sequence number: an event whose transaction is not committed yet, or one that was read from the table
/// of events.
/// </summary>
/// <param name="Type">The type of the resource.</param>
/// <param name="Name">The event name.</param>
/// <param name="Resource">The resource as it was written.</param>
/// <param name="Id">The id at the end of the event's paths. For properties, the id of their owner.</param>
/// <param name="Properties">The properties of the resource; null if the batch did not read them or the resource has none.</param>
internal readonly record struct PendingEvent(ResourceDefinition Type, string Name, object Resource, long Id, PropertyMap? Properties)
{
    /// <summary>Gets whether the event is public. Only watches receive events that are not public.</summary>
    public bool IsPublic => Type.EventNames.Contains(Name);

    /// <summary>Creates the event for subscriptions that select no properties.</summary>
    public DataEvent ToDataEvent(EventCursor cursor) => new(cursor, Type, Name, Resource, Id);

    /// <summary>Creates the event for a subscription, with the properties that its filter selects.</summary>
    public DataEvent ToDataEvent(EventCursor cursor, SubscriptionFilter filter) =>
        filter.WantsProperties && Properties is not null
            ? new DataEvent(cursor, Type, Name, Type.WithProperties(Resource, Properties.Only(filter.Properties)), Id)
            : ToDataEvent(cursor);
}
