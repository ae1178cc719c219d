using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BuildData.Definitions;

/// <summary>The resource types that the library knows.</summary>
/// <param name="all">The types.</param>
/// <param name="eventJson">The JSON of resources in the table of events.</param>
internal sealed class ResourceCatalog(IReadOnlyList<ResourceDefinition> all, JsonSerializerOptions eventJson)
{
    public IReadOnlyList<ResourceDefinition> All => all;

    /// <summary>Returns the resource type whose kept events have a name.</summary>
    /// <exception cref="StoreException">This version of the library knows no such type.</exception>
    public ResourceDefinition OfKind(string kind) =>
        all.FirstOrDefault(resource => resource.Kind == kind)
        ?? throw new StoreException($"The store keeps an event of a '{kind}', which this version of the library does not know.");

    /// <summary>Writes a resource, or properties, as JSON from which <see cref="Read"/> makes an equal one.</summary>
    public string Write(object resource) => JsonSerializer.Serialize(resource, TypeInfo(resource.GetType()));

    public object Read(string json, Type type) => JsonSerializer.Deserialize(json, TypeInfo(type))!;

    private JsonTypeInfo TypeInfo(Type type) => eventJson.GetTypeInfo(type);
}
