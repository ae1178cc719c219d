namespace BuildData.Events;

/// <summary>A kept event, as Dapper maps it.</summary>
internal sealed class EventRow
{
    public long Sequence { get; init; }

    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    public long ResourceId { get; init; }

    public string Resource { get; init; } = "";

    public string? Properties { get; init; }

    /// <summary>The type of the resource.</summary>
    public Resource Type => Catalog.OfKind(Kind);

    public PendingEvent ToEvent()
    {
        Resource type = Type;
        object resource = EventText.Read(Resource, type.ResourceType);
        var properties = (PropertyMap?)(Properties is null ? null : EventText.Read(Properties, typeof(PropertyMap)));
        return new PendingEvent(type, Name, resource, ResourceId, properties);
    }
}
