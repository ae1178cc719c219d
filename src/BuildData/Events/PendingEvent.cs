using BuildData.Definitions;

namespace BuildData.Events;

/// <summary>An event on its way to the commit that makes it true.</summary>
/// <param name="Type">The type of the resource.</param>
/// <param name="Name">What happened.</param>
/// <param name="Resource">The resource as written.</param>
/// <param name="Id">The id that the event's paths end in, or that of the owner of properties.</param>
/// <param name="Properties">The resource's properties, where a subscriber wants them.</param>
internal readonly record struct PendingEvent(ResourceDefinition Type, string Name, object Resource, long Id, PropertyMap? Properties)
{
    /// <summary>Whether such events are announced in public, and not to watches alone.</summary>
    public bool IsPublic => Type.EventNames.Contains(Name);

    /// <summary>The event as those see it who want no properties.</summary>
    public DataEvent ToDataEvent(EventCursor cursor) => new(cursor, Type, Name, Resource, Id);

    /// <summary>The event as a subscriber sees it.</summary>
    public DataEvent ToDataEvent(EventCursor cursor, SubscriptionFilter interest) =>
        interest.WantsProperties && Properties is not null
            ? new DataEvent(cursor, Type, Name, Type.WithProperties(Resource, Properties.Only(interest.Properties)), Id)
            : ToDataEvent(cursor);
}
