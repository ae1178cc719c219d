using System.Text.Json.Serialization.Metadata;
using BuildData.Resources;

namespace BuildData.Definitions;

/// <summary>All that the library knows of a resource type. Each resource folder has one; <see cref="Catalog"/> lists them.</summary>
internal abstract class ResourceDefinition
{
    /// <summary>The resource's name, as errors and events have it.</summary>
    public abstract string Kind { get; }

    /// <summary>The public type.</summary>
    public abstract Type ResourceType { get; }

    /// <summary>Gets how the public type is written as JSON.</summary>
    public abstract JsonTypeInfo JsonType { get; }

    /// <summary>The attributes, in the order in which they are documented.</summary>
    public abstract IReadOnlyList<Field> Fields { get; }

    /// <summary>The paths that its changes are announced on, with <c>*</c> for each id.</summary>
    public virtual IReadOnlyList<string> EventPatterns => [];

    /// <summary>What its changes are called in public. Those of other names are for watches alone.</summary>
    public virtual IReadOnlyList<string> EventNames => [];

    /// <summary>Gets the paths that changes of its properties are announced on, for watches that carry properties.</summary>
    public virtual IReadOnlyList<string> PropertyEventPatterns => [];

    /// <summary>Whether <c>property=name</c> has a meaning.</summary>
    public virtual bool HasProperties => false;

    /// <summary>The paths that a change of a resource is announced on, its own first.</summary>
    public virtual EventPath[] EventPaths(object resource, long id) =>
        throw new InvalidOperationException($"Changes of a {Kind} are not announced.");

    /// <summary>The resource with properties.</summary>
    public virtual object WithProperties(object resource, PropertyMap properties) => resource;

    /// <summary>The properties that a resource carries; null where it carries none that can change.</summary>
    public virtual PropertyMap? PropertiesOf(object resource) => null;

    /// <summary>Whether what an event tells has happened already, as far as the resource shows. Some events leave no trace.</summary>
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
