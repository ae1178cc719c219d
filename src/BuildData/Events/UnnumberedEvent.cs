using BuildData.Definitions;

namespace BuildData.Events;

/// <summary>
/// Represents an event without its sequence number and its time. The event comes from an update or from a row of the table of events.
/// <see cref="ToDataEvent(EventCursor)"/> adds the number and the time.
/// </summary>
/// <param name="Type">The type of the resource.</param>
/// <param name="Name">The event name.</param>
/// <param name="Resource">The resource with the values that the update has written.</param>
/// <param name="Id">The id of the resource. If the resource is the property map of a build, the id of the build.</param>
/// <param name="Properties">
/// The properties of the build or build request. Null if the update has not read them, or if the resource has another type.
/// </param>
internal readonly record struct UnnumberedEvent(ResourceDefinition Type, string Name, object Resource, long Id, PropertyMap? Properties)
{
    /// <summary>Gets whether the event is public. Only watches receive events that are not public.</summary>
    public bool IsPublic => Type.PublicEventNames.Contains(Name);

    /// <summary>Creates the event that a subscription receives if the subscription selects no properties.</summary>
    /// <param name="cursor">The sequence number and the time of the event.</param>
    public DataEvent ToDataEvent(EventCursor cursor) => new(cursor, Type, Name, Resource, Id);

    /// <summary>Creates the event that a subscription receives, with the properties that the filter of the subscription selects.</summary>
    /// <param name="cursor">The sequence number and the time of the event.</param>
    /// <param name="filter">The filter of the subscription.</param>
    public DataEvent ToDataEvent(EventCursor cursor, SubscriptionFilter filter) =>
        filter.SelectsProperties && Properties is not null
            ? new DataEvent(cursor, Type, Name, Type.WithProperties(Resource, Properties.Only(filter.Properties)), Id)
            : ToDataEvent(cursor);
}
