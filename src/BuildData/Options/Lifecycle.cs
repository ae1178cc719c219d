namespace BuildData;

/// <summary>
/// Specifies which updates a master refuses because they do not fit the state of a build request, a build or a step. The page
/// <c>lifecycle.md</c> of the documentation has a table of what may follow what.
/// </summary>
public enum Lifecycle
{
    /// <summary>
    /// Refuses only contradictions, as Buildbot does. For example, a finished step can be started again, and a later result replaces an
    /// earlier one.
    /// </summary>
    Lenient,

    /// <summary>
    /// Refuses everything that does not follow the life of a build: claim, add the build, add steps, start and finish each step, finish the
    /// build, complete the request. A refused update throws <see cref="UpdateRefusedException"/>. A repeated finish or completion with the
    /// same result changes nothing, so a caller can repeat an update whose outcome it does not know.
    /// </summary>
    Strict,
}
