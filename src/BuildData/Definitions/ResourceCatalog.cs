using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>Lists all resource types. Also converts resources to the JSON in the table of events, and converts this JSON back to resources.</summary>
/// <param name="all">All resource types.</param>
/// <param name="eventJson">The JSON options for the table of events.</param>
internal sealed class ResourceCatalog(IReadOnlyList<ResourceDefinition> all, JsonSerializerOptions eventJson)
{
    public IReadOnlyList<ResourceDefinition> All => all;

    /// <summary>Gets the resource types that have their own table, in the order in which transactions lock rows of these tables.</summary>
    public IReadOnlyList<ResourceDefinition> InLockOrder { get; } =
        [.. all.Where(resource => resource.ResourceTable is not null).OrderBy(resource => resource.ResourceTable!.LockOrder)];

    /// <summary>
    /// Returns the names of the tables in a set, in the order in which transactions lock the tables. The name of each table is followed by
    /// the names of its detail tables.
    /// </summary>
    public IEnumerable<string> TableNames(TableSet tables) =>
        InLockOrder.Where(resource => tables.Contains(resource.ResourceTable!)).SelectMany(resource => resource.ResourceTable!.AllTableNames);

    /// <summary>Returns the resource type that has a kind.</summary>
    /// <param name="kind">The kind in a kept event, which is the <see cref="ResourceDefinition.Kind"/> of a resource type.</param>
    /// <exception cref="StoreException">This version of the library has no resource type of that kind.</exception>
    public ResourceDefinition OfKind(string kind) =>
        all.FirstOrDefault(resource => resource.Kind == kind)
        ?? throw new StoreException($"The store holds an event of a '{kind}', which this version of the library does not know. Use a newer version of the library.");

    /// <summary>
    /// Converts a resource or a property map to JSON for the table of events. <see cref="Deserialize"/> converts the JSON to an equal object.
    /// </summary>
    public string Serialize(object resource) => JsonSerializer.Serialize(resource, TypeInfo(resource.GetType()));

    /// <summary>Converts JSON from <see cref="Serialize"/> to an object that is equal to the original.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="type">The C# type of the object.</param>
    public object Deserialize(string json, Type type) => JsonSerializer.Deserialize(json, TypeInfo(type))!;

    private JsonTypeInfo TypeInfo(Type type) => eventJson.GetTypeInfo(type);
}
