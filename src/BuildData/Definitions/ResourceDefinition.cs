using System.Text.Json.Serialization.Metadata;
using BuildData.Resources;
using BuildData.Values;

namespace BuildData.Definitions;

/// <summary>Defines a resource type. Each resource folder contains one definition, and <see cref="ResourceTypes"/> lists all definitions.</summary>
internal abstract class ResourceDefinition
{
    /// <summary>
    /// The name of the event that announces the removal of a resource. The event contains the resource as it was before the removal.
    /// </summary>
    public const string RemovedEventName = "removed";

    /// <summary>Gets the name of the resource type in error messages and kept events, such as <c>build request</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Gets the name of several resources of the type in JSON, such as <c>buildrequests</c>.</summary>
    public abstract string PluralName { get; }

    /// <summary>Gets the public C# type of the resources.</summary>
    public abstract Type ResourceType { get; }

    /// <summary>Gets the JSON metadata of <see cref="ResourceType"/>.</summary>
    public abstract JsonTypeInfo JsonType { get; }

    /// <summary>Gets the database table of the resources. Null if the resources are stored in the tables of other resource types.</summary>
    public virtual ResourceTable? ResourceTable => null;

    /// <summary>Gets the fields, in the order in which they are documented.</summary>
    public abstract IReadOnlyList<Field> Fields { get; }

    /// <summary>
    /// Gets the patterns of the events about the resources. A pattern is the path of an event with <c>*</c> instead of each id, such as
    /// <c>/builders/*</c>.
    /// </summary>
    public virtual IReadOnlyList<string> EventPatterns => [];

    /// <summary>
    /// Gets the names of the public events about the resources. Subscriptions receive only public events. Watches also receive the other
    /// events.
    /// </summary>
    public virtual IReadOnlyList<string> PublicEventNames => [];

    /// <summary>
    /// Gets the patterns of the events about properties of the resources. If the query of a watch selects properties, the watch needs these
    /// events too.
    /// </summary>
    public virtual IReadOnlyList<string> PropertyEventPatterns => [];

    /// <summary>Gets whether the resources can include properties. Queries select properties with <c>property=name</c>.</summary>
    public virtual bool HasProperties => false;

    /// <summary>
    /// Gets the type of the owner, which is the resource that this resource is a part of. For example, a build is the owner of a step. Null
    /// if there is no owner. The removal of an owner also removes its parts. An event announces only the removal of the owner.
    /// </summary>
    public virtual ResourceDefinition? Owner => null;

    /// <summary>
    /// Gets the type of the resources from which these resources are computed. For example, statistics are computed from builds. A filter on
    /// a field of that type selects from which resources they are computed. Null if these resources are not computed.
    /// </summary>
    public virtual ResourceDefinition? Source => null;

    /// <summary>Returns all paths under which an event about a resource is published. The first path is the resource's own path.</summary>
    /// <param name="resource">The changed resource.</param>
    /// <param name="id">The resource's id.</param>
    public virtual EventPath[] EventPaths(object resource, long id) =>
        throw new InvalidOperationException($"Changes of a {Kind} are not announced.");

    /// <summary>Returns the id of a resource; null if the resource does not contain its id.</summary>
    public virtual long? FindId(object resource) => null;

    /// <summary>
    /// Returns a copy of a resource. The copy includes the given properties. If the resource can't include properties, returns the resource
    /// itself.
    /// </summary>
    public virtual object WithProperties(object resource, PropertyMap properties) => resource;

    /// <summary>
    /// Returns a copy of a resource with only the selected ones of the properties that it includes. Returns the resource itself if it includes none.
    /// </summary>
    public virtual object WithOnlyProperties(object resource, PropertySelection properties) => resource;

    /// <summary>Returns the properties that a resource includes, if these properties can change. Otherwise returns null.</summary>
    public virtual PropertyMap? MutablePropertiesOf(object resource) => null;

    /// <summary>
    /// Returns whether the state of a resource shows that an event about it has already happened. For example, a complete build shows that its
    /// event <c>finished</c> has happened.
    /// </summary>
    /// <returns>False if the event has not happened, or if the state can't show the event.</returns>
    public virtual bool StateShowsEvent(object resource, string eventName) => false;

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
