using BuildData.Definitions;

namespace BuildData.Events;

/// <summary>
/// Represents an event before its delivery, without a sequence number. It comes from an update or from the table of events.
/// <see cref="ToDataEvent(EventCursor)"/> creates the event that a subscription receives.
/// </summary>
/// <param name="Type">The type of the resource.</param>
/// <param name="Name">The event name.</param>
/// <param name="Resource">The resource as it was written.</param>
/// <param name="Id">The id of the resource. If the resource is a property map, the id of the build that has the properties.</param>
/// <param name="Properties">The properties of the resource; null if they were not read or the resource type has no properties.</param>
internal readonly record struct PendingEvent(ResourceDefinition Type, string Name, object Resource, long Id, PropertyMap? Properties)
{
    /// <summary>Gets whether the event is public. Only watches receive events that are not public.</summary>
    public bool IsPublic => Type.PublicEventNames.Contains(Name);

    /// <summary>Creates the event for subscriptions that select no properties.</summary>
    /// <param name="cursor">The sequence number and the time of the event.</param>
    public DataEvent ToDataEvent(EventCursor cursor) => new(cursor, Type, Name, Resource, Id);

    /// <summary>Creates the event for a subscription, with the properties that its filter selects.</summary>
    /// <param name="cursor">The sequence number and the time of the event.</param>
    /// <param name="filter">The filter of the subscription.</param>
    public DataEvent ToDataEvent(EventCursor cursor, SubscriptionFilter filter) =>
        filter.SelectsProperties && Properties is not null
            ? new DataEvent(cursor, Type, Name, Type.WithProperties(Resource, Properties.Only(filter.Properties)), Id)
            : ToDataEvent(cursor);
}
