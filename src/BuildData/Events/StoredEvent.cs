using System.Diagnostics.CodeAnalysis;
using BuildData.Definitions;
using BuildData.Events;

namespace BuildData.Stores;

/// <summary>Represents a row of the table <c>events</c>. The table stores events, so that a subscription can read old events.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class StoredEvent
{
    /// <summary>Gets the sequence number. Sequence numbers follow the order of commits.</summary>
    public long Sequence { get; init; }

    /// <summary>Gets the time of the transaction that committed the change, in microseconds since 1970 (UTC).</summary>
    public long At { get; init; }

    /// <summary>Gets the name of the resource type, such as <c>step</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Gets the event name, such as <c>finished</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the id of the resource. If the resource is the property map of a build, gets the id of the build.</summary>
    public long ResourceId { get; init; }

    /// <summary>Gets the JSON of the resource, with the values that the update has written.</summary>
    public string Resource { get; init; } = "";

    /// <summary>
    /// Gets the JSON of the properties of the build or build request. Null if the update has not read them, or if the resource has another
    /// type.
    /// </summary>
    public string? Properties { get; init; }

    /// <summary>Gets the event's cursor.</summary>
    internal EventCursor Cursor => EventCursor.Of(Sequence, At);

    /// <summary>Returns whether the event is public. Only watches receive events that are not public.</summary>
    internal bool IsPublic(ResourceCatalog catalog) => catalog.OfKind(Kind).PublicEventNames.Contains(Name);

    /// <summary>Creates the row of an event for the table <c>events</c>.</summary>
    /// <param name="catalog">The resource types.</param>
    /// <param name="sequence">The sequence number of the event.</param>
    /// <param name="at">The time of the transaction, in microseconds since 1970 (UTC).</param>
    /// <param name="e">The event.</param>
    internal static StoredEvent From(ResourceCatalog catalog, long sequence, long at, in UnnumberedEvent e) => new()
    {
        Sequence = sequence,
        At = at,
        Kind = e.Type.Kind,
        Name = e.Name,
        ResourceId = e.Id,
        Resource = catalog.Serialize(e.Resource),
        Properties = e.Properties is null ? null : catalog.Serialize(e.Properties),
    };

    /// <summary>Converts the row to an event. Reads the resource and the properties from JSON.</summary>
    internal UnnumberedEvent ToPendingEvent(ResourceCatalog catalog)
    {
        ResourceDefinition type = catalog.OfKind(Kind);
        object resource = catalog.Deserialize(Resource, type.ResourceType);
        var properties = (PropertyMap?)(Properties is null ? null : catalog.Deserialize(Properties, typeof(PropertyMap)));
        return new UnnumberedEvent(type, Name, resource, ResourceId, properties);
    }
}
