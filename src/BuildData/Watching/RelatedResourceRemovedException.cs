namespace BuildData.Watching;

/// <summary>
/// Reports that a resource to which an event refers has been removed after the event, such as the build of a step. Then the resource of the
/// event has been removed too, so a watch that has not reported it yet ignores the event.
/// </summary>
internal sealed class RelatedResourceRemovedException(string message) : Exception(message);
