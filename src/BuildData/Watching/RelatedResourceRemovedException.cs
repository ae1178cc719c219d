namespace BuildData.Watching;

/// <summary>
/// The exception that is thrown when an event refers to a resource that has been removed since the event, such as the build of a step. The
/// removal has also removed the resource of the event. So if a watch has not reported that resource yet, it ignores the event.
/// </summary>
internal sealed class RelatedResourceRemovedException(string message) : Exception(message);
