namespace BuildData;

/// <summary>Specifies the result of a step, a build, a build request or a buildset. The numbers are stored and are the wire form.</summary>
public enum BuildResult
{
    /// <summary>It succeeded.</summary>
    Success = 0,

    /// <summary>It succeeded with warnings.</summary>
    Warnings = 1,

    /// <summary>It failed.</summary>
    Failure = 2,

    /// <summary>It was not run because it was not needed.</summary>
    Skipped = 3,

    /// <summary>It could not be run because of an error in the build system, not in the code that was built.</summary>
    Exception = 4,

    /// <summary>It is to be tried again. The cause is not the code that was built.</summary>
    Retry = 5,

    /// <summary>It was cancelled on request.</summary>
    Cancelled = 6,
}
