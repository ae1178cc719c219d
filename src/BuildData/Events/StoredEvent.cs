using BuildData.Definitions;
using BuildData.Events;

namespace BuildData.Stores;

/// <summary>An event as a store's table <c>events</c> has it.</summary>
public sealed class StoredEvent
{
    /// <summary>Its place in the order of commits.</summary>
    public long Sequence { get; init; }

    /// <summary>The time of its transaction, in microseconds since 1970.</summary>
    public long At { get; init; }

    /// <summary>The resource type's name.</summary>
    public string Kind { get; init; } = "";

    /// <summary>What happened.</summary>
    public string Name { get; init; } = "";

    /// <summary>The id of the resource, or of the owner of properties.</summary>
    public long ResourceId { get; init; }

    /// <summary>The resource as written: JSON.</summary>
    public string Resource { get; init; } = "";

    /// <summary>The properties that the resource had then: JSON, or null where it can have none.</summary>
    public string? Properties { get; init; }

    /// <summary>The event's position.</summary>
    internal EventCursor Cursor => EventCursor.Of(Sequence, At);

    /// <summary>Returns whether the event is announced in public, and not to watches alone.</summary>
    internal bool IsPublic(ResourceCatalog catalog) => catalog.OfKind(Kind).EventNames.Contains(Name);

    internal static StoredEvent From(ResourceCatalog catalog, long sequence, long at, in PendingEvent e) => new()
    {
        Sequence = sequence,
        At = at,
        Kind = e.Type.Kind,
        Name = e.Name,
        ResourceId = e.Id,
        Resource = catalog.Write(e.Resource),
        Properties = e.Properties is null ? null : catalog.Write(e.Properties),
    };

    internal PendingEvent ToEvent(ResourceCatalog catalog)
    {
        ResourceDefinition type = catalog.OfKind(Kind);
        object resource = catalog.Read(Resource, type.ResourceType);
        var properties = (PropertyMap?)(Properties is null ? null : catalog.Read(Properties, typeof(PropertyMap)));
        return new PendingEvent(type, Name, resource, ResourceId, properties);
    }
}
