namespace BuildData;

/// <summary>How a step, a build, a build request or a buildset ended. The numbers are the field's own and are stored.</summary>
public enum BuildResult
{
    /// <summary>It did what it should.</summary>
    Success = 0,

    /// <summary>It did what it should, and something deserves a look.</summary>
    Warnings = 1,

    /// <summary>It did not do what it should.</summary>
    Failure = 2,

    /// <summary>It was not run because there was no need to.</summary>
    Skipped = 3,

    /// <summary>It could not be carried out: the machinery failed, not the thing built.</summary>
    Exception = 4,

    /// <summary>It is to be tried again, with no blame on the thing built.</summary>
    Retry = 5,

    /// <summary>It was stopped on request.</summary>
    Cancelled = 6,
}
