using System.Text.Json.Serialization.Metadata;
using BuildData.Resources;

namespace BuildData.Definitions;

/// <summary>Defines a resource type. Each resource folder contains one definition, and <see cref="Catalog"/> lists them.</summary>
internal abstract class ResourceDefinition
{
    /// <summary>Gets the name of the resource type in errors and stored events.</summary>
    public abstract string Kind { get; }

    /// <summary>Gets the public type.</summary>
    public abstract Type ResourceType { get; }

    /// <summary>Gets the JSON metadata of the public type.</summary>
    public abstract JsonTypeInfo JsonType { get; }

    /// <summary>Gets the table that the type owns; null if its rows belong to other types.</summary>
    public virtual DataTable? DataTable => null;

    /// <summary>Gets the fields, in the order in which they are documented.</summary>
    public abstract IReadOnlyList<Field> Fields { get; }

    /// <summary>Gets the paths on which changes are announced, with <c>*</c> for each id.</summary>
    public virtual IReadOnlyList<string> EventPatterns => [];

    /// <summary>Gets the names of the events that subscriptions receive. Only watches receive events with other names.</summary>
    public virtual IReadOnlyList<string> EventNames => [];

    /// <summary>Gets the paths on which changes of properties are announced, for watches that include properties.</summary>
    public virtual IReadOnlyList<string> PropertyEventPatterns => [];

    /// <summary>Gets whether a query can select properties with <c>property=name</c>.</summary>
    public virtual bool HasProperties => false;

    /// <summary>Returns the paths on which a change of a resource is announced. The resource's own path is the first.</summary>
    public virtual EventPath[] EventPaths(object resource, long id) =>
        throw new InvalidOperationException($"Changes of a {Kind} are not announced.");

    /// <summary>Returns a copy of a resource with properties.</summary>
    public virtual object WithProperties(object resource, PropertyMap properties) => resource;

    /// <summary>Returns the properties that a resource includes; null if it includes none that can change.</summary>
    public virtual PropertyMap? PropertiesOf(object resource) => null;

    /// <summary>Returns whether an event has already happened, according to the resource's state. False for events that leave no trace in it.</summary>
    public virtual bool HasHappened(object resource, string eventName) => false;

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
