using System.Diagnostics.CodeAnalysis;
using BuildData.Definitions;
using BuildData.Events;

namespace BuildData.Stores;

/// <summary>Represents a kept event: a row of the table <c>events</c>, from which a subscription can read it later.</summary>
[Experimental(Seam.DiagnosticId)]
public sealed class StoredEvent
{
    /// <summary>Gets the sequence number. Sequence numbers follow the order of commits.</summary>
    public long Sequence { get; init; }

    /// <summary>Gets the time of the event's transaction, in microseconds since 1970 (UTC).</summary>
    public long At { get; init; }

    /// <summary>Gets the name of the resource type, such as <c>step</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Gets the event name, such as <c>finished</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the id of the resource. If the resource is a property map, gets the id of the build that has the properties.</summary>
    public long ResourceId { get; init; }

    /// <summary>Gets the resource as it was written, in JSON.</summary>
    public string Resource { get; init; } = "";

    /// <summary>
    /// Gets the properties that the resource had when it was written, in JSON; null if they were not read or the resource type has no
    /// properties.
    /// </summary>
    public string? Properties { get; init; }

    /// <summary>Gets the event's cursor.</summary>
    internal EventCursor Cursor => EventCursor.Of(Sequence, At);

    /// <summary>Returns whether the event is public. Only watches receive events that are not public.</summary>
    internal bool IsPublic(ResourceCatalog catalog) => catalog.OfKind(Kind).PublicEventNames.Contains(Name);

    /// <summary>Creates the row of an event.</summary>
    /// <param name="catalog">The resource types.</param>
    /// <param name="sequence">The sequence number of the event.</param>
    /// <param name="at">The time of the event's transaction, in microseconds since 1970 (UTC).</param>
    /// <param name="e">The event.</param>
    internal static StoredEvent From(ResourceCatalog catalog, long sequence, long at, in PendingEvent e) => new()
    {
        Sequence = sequence,
        At = at,
        Kind = e.Type.Kind,
        Name = e.Name,
        ResourceId = e.Id,
        Resource = catalog.Serialize(e.Resource),
        Properties = e.Properties is null ? null : catalog.Serialize(e.Properties),
    };

    /// <summary>Converts the row to an event. Reads its resource and its properties from JSON.</summary>
    internal PendingEvent ToPendingEvent(ResourceCatalog catalog)
    {
        ResourceDefinition type = catalog.OfKind(Kind);
        object resource = catalog.Deserialize(Resource, type.ResourceType);
        var properties = (PropertyMap?)(Properties is null ? null : catalog.Deserialize(Properties, typeof(PropertyMap)));
        return new PendingEvent(type, Name, resource, ResourceId, properties);
    }
}
