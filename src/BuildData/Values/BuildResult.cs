namespace BuildData;

/// <summary>
/// Specifies the result of a step, a build, a build request or a buildset. In the descriptions of the members, <em>work</em> means any of
/// these. The database and the JSON contain the numbers.
/// </summary>
public enum BuildResult
{
    /// <summary>The work succeeded.</summary>
    Success = 0,

    /// <summary>The work succeeded with warnings.</summary>
    Warnings = 1,

    /// <summary>The work failed.</summary>
    Failure = 2,

    /// <summary>The work was not done, because nothing needed it.</summary>
    Skipped = 3,

    /// <summary>The work could not be done because of an error in the build system. The code to build did not cause the error.</summary>
    Exception = 4,

    /// <summary>The work must be tried again. The code to build is not the cause.</summary>
    Retry = 5,

    /// <summary>The work was cancelled on request.</summary>
    Cancelled = 6,
}
