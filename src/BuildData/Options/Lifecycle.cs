namespace BuildData;

/// <summary>
/// Specifies which updates a master refuses because they do not fit the state of a build request, a build or a step. The page
/// <c>lifecycle.md</c> of the documentation has a table of the updates that each state allows.
/// </summary>
public enum Lifecycle
{
    /// <summary>
    /// Refuses only contradictions, as Buildbot does. For example, a finished step can be started again, and can finish again with another
    /// result.
    /// </summary>
    Lenient,

    /// <summary>
    /// Refuses each update that is out of order. The order is: claim the request, add the build, add steps, start and finish each step,
    /// finish the build, complete the request. A refused update throws <see cref="UpdateRefusedException"/>. To finish or complete a
    /// resource again with the same result changes nothing. So a caller that does not know the outcome of an update can repeat the update.
    /// </summary>
    Strict,
}
