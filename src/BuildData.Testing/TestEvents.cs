namespace BuildData.Testing;

/// <summary>Creates events without a store, for unit tests of code that handles events. Thread-safe.</summary>
public static class TestEvents
{
    // The same moment at which the clock of TestMaster.OpenWithClock starts.
    private static readonly DateTimeOffset Start = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Creates an event about a resource. The event has the same paths as an event of a store.</summary>
    /// <typeparam name="T">The resource type.</typeparam>
    /// <param name="resource">The resource. Set its ids, because the paths of the event contain these ids.</param>
    /// <param name="name">The event name. It must be a public event of the resource type, such as <c>finished</c> of a <see cref="Build"/>.</param>
    /// <param name="sequence">The sequence number of the event.</param>
    /// <param name="at">The time of the event. Null stands for 2000-01-01 at midnight (UTC).</param>
    /// <param name="buildId">The id of the build if the resource is the <see cref="PropertyMap"/> of a build; otherwise null.</param>
    /// <returns>The event.</returns>
    /// <example><c>TestEvents.Create(new Build { BuildId = 7, Results = BuildResult.Failure }, "finished")</c></example>
    /// <exception cref="ArgumentException">
    /// The resource type has no event with this name, the object is not a resource, or <paramref name="buildId"/> is missing or not expected.
    /// </exception>
    public static DataEvent<T> Create<T>(T resource, string name, long sequence = 1, DateTimeOffset? at = null, long? buildId = null)
        where T : class =>
        DataEventFactory.Create(resource, name, new EventCursor(sequence, at ?? Start), buildId);

    /// <summary>
    /// Creates an event about a resource, for code that handles events of all types. The event has the same paths as an event of a store.
    /// </summary>
    /// <inheritdoc cref="Create{T}"/>
    public static DataEvent CreateUntyped(object resource, string name, long sequence = 1, DateTimeOffset? at = null, long? buildId = null) =>
        DataEventFactory.CreateUntyped(resource, name, new EventCursor(sequence, at ?? Start), buildId);
}
