using BuildData.Definitions;
using BuildData.Resources;
using BuildData.Resources.Properties;

namespace BuildData;

/// <summary>
/// Creates events that no store has announced, for unit tests of code that handles events. Thread-safe. The package
/// <c>BuildData.Testing</c> has shorter methods.
/// </summary>
public static class DataEventFactory
{
    /// <summary>Creates an event about a resource. The event has the same paths as an event of a store.</summary>
    /// <typeparam name="T">The resource type.</typeparam>
    /// <param name="resource">The resource with the values that the update has written.</param>
    /// <param name="name">The event name. It must be a public event of the resource type, such as <c>finished</c> of a <see cref="Build"/>.</param>
    /// <param name="cursor">The sequence number and the time of the event.</param>
    /// <param name="buildId">The id of the build if the resource is the <see cref="PropertyMap"/> of a build; otherwise null.</param>
    /// <returns>The event.</returns>
    /// <exception cref="ArgumentException">
    /// The resource type has no event with this name, the object is not a resource, or <paramref name="buildId"/> is missing or not expected.
    /// </exception>
    public static DataEvent<T> Create<T>(T resource, string name, EventCursor cursor, long? buildId = null)
        where T : class =>
        new(CreateUntyped(resource, name, cursor, buildId));

    /// <inheritdoc cref="Create{T}"/>
    public static DataEvent CreateUntyped(object resource, string name, EventCursor cursor, long? buildId = null)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(name);
        ResourceDefinition type = ResourceTypes.All.FirstOrDefault(type => type.ResourceType == resource.GetType())
            ?? throw new ArgumentException($"A {resource.GetType().Name} is not a resource, such as a {nameof(Build)}.", nameof(resource));
        if (!type.PublicEventNames.Contains(name))
            throw new ArgumentException(DescribeEvents(type, name), nameof(name));
        return new DataEvent(cursor, type, name, resource is PropertyMap map ? ReadOnly(map) : resource, IdOf(type, resource, buildId));
    }

    private static string DescribeEvents(ResourceDefinition type, string name) => type.PublicEventNames.Count == 0
        ? $"There are no public events about a {type.Kind}."
        : $"There is no event '{name}' about a {type.Kind}. Its events are: {string.Join(", ", type.PublicEventNames)}.";

    private static long IdOf(ResourceDefinition type, object resource, long? buildId) => (type.FindId(resource), buildId) switch
    {
        ({ } id, null) => id,
        (null, { } build) => build,
        (null, null) => throw new ArgumentException($"A {type.Kind} does not contain the id of its build. Pass the id.", nameof(buildId)),
        _ => throw new ArgumentException($"A {type.Kind} contains its id. Only a {PropertyDefinition.Instance.Kind} needs the id of its build.", nameof(buildId)),
    };

    private static PropertyMap ReadOnly(PropertyMap map) => map.IsReadOnly ? map : new PropertyMap(map).Freeze();
}
