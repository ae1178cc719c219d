using System.Text.Json.Serialization.Metadata;
using BuildData.Resources;

namespace BuildData.Definitions;

/// <summary>Defines a resource type. Each resource folder contains one definition, and <see cref="Catalog"/> lists all definitions.</summary>
internal abstract class ResourceDefinition
{
    /// <summary>Gets the name of the resource type in error messages and kept events, such as <c>build request</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Gets the public C# type of the resources.</summary>
    public abstract Type ResourceType { get; }

    /// <summary>Gets the JSON metadata of <see cref="ResourceType"/>.</summary>
    public abstract JsonTypeInfo JsonType { get; }

    /// <summary>Gets the database table of the resources; null if they are stored in the tables of other resource types.</summary>
    public virtual DataTable? DataTable => null;

    /// <summary>Gets the fields, in the order in which they are documented.</summary>
    public abstract IReadOnlyList<Field> Fields { get; }

    /// <summary>Gets the patterns of the events about the resources: the paths of the events, with <c>*</c> for each id.</summary>
    public virtual IReadOnlyList<string> EventPatterns => [];

    /// <summary>Gets the names of this resource type's public events. Only watches receive its other events.</summary>
    public virtual IReadOnlyList<string> PublicEventNames => [];

    /// <summary>
    /// Gets the patterns of the events about changed properties of the resources. A watch needs these events if its query selects
    /// properties.
    /// </summary>
    public virtual IReadOnlyList<string> PropertyEventPatterns => [];

    /// <summary>Gets whether the resources can include properties. Queries select properties with <c>property=name</c>.</summary>
    public virtual bool HasProperties => false;

    /// <summary>Returns the paths of an event about a resource. The first is the resource's own path.</summary>
    /// <param name="resource">The changed resource.</param>
    /// <param name="id">The resource's id.</param>
    public virtual EventPath[] EventPaths(object resource, long id) =>
        throw new InvalidOperationException($"Changes of a {Kind} are not announced.");

    /// <summary>Returns a copy of a resource that includes the given properties. Returns the same resource if it can't include any.</summary>
    public virtual object WithProperties(object resource, PropertyMap properties) => resource;

    /// <summary>Returns the properties that a resource includes. Returns null if it includes none, or none that can change.</summary>
    public virtual PropertyMap? ChangeablePropertiesOf(object resource) => null;

    /// <summary>
    /// Returns whether a resource's state shows that an event has already happened. For example, a complete build shows that it has
    /// finished. Returns false if the state can't show the event.
    /// </summary>
    public virtual bool HasHappened(object resource, string eventName) => false;

    /// <summary>Returns the field with a wire name; null if there is none.</summary>
    public Field? FindField(string name)
    {
        foreach (Field field in Fields)
        {
            if (field.Name == name)
                return field;
        }

        return null;
    }
}
