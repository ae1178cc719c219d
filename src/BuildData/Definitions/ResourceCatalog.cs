using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>Lists the resource types that this version of the library knows.</summary>
/// <param name="all">The types.</param>
/// <param name="eventJson">The JSON options for resources in the table of events.</param>
internal sealed class ResourceCatalog(IReadOnlyList<ResourceDefinition> all, JsonSerializerOptions eventJson)
{
    public IReadOnlyList<ResourceDefinition> All => all;

    /// <summary>Gets the types that own a table, in the order in which transactions lock their rows.</summary>
    public IReadOnlyList<ResourceDefinition> InLockOrder { get; } =
        [.. all.Where(resource => resource.DataTable is not null).OrderBy(resource => resource.DataTable!.Position)];

    /// <summary>Returns the names of the tables in a set, with the tables of details, in the order in which they are locked.</summary>
    public IEnumerable<string> TableNames(TableSet tables) =>
        InLockOrder.Where(resource => tables.Contains(resource.DataTable!)).SelectMany(resource => resource.DataTable!.Names);

    /// <summary>Returns the resource type of stored events with a kind.</summary>
    /// <exception cref="StoreException">This version of the library does not know the type.</exception>
    public ResourceDefinition OfKind(string kind) =>
        all.FirstOrDefault(resource => resource.Kind == kind)
        ?? throw new StoreException($"The store holds an event of a '{kind}', which this version of the library does not know. Use a newer version of the library.");

    /// <summary>Writes a resource or a property map as JSON. <see cref="Read"/> returns an equal value from it.</summary>
    public string Write(object resource) => JsonSerializer.Serialize(resource, TypeInfo(resource.GetType()));

    public object Read(string json, Type type) => JsonSerializer.Deserialize(json, TypeInfo(type))!;

    private JsonTypeInfo TypeInfo(Type type) => eventJson.GetTypeInfo(type);
}
