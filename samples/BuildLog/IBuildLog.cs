namespace BuildData.Samples.BuildLog;

/// <summary>A build that can be read once, from a file or while it runs.</summary>
internal interface IBuildLog
{
    /// <summary>The builder that the build is of: all builds of the same thing are numbered in one row.</summary>
    string Builder { get; }

    /// <summary>Why it is recorded.</summary>
    string Reason { get; }

    /// <summary>The clock that the build ran by.</summary>
    TimeProvider Clock { get; }

    /// <summary>How the build ended, warnings aside. An Exception until the end is seen.</summary>
    BuildResult Outcome { get; }

    IAsyncEnumerable<LogEvent> Read(CancellationToken stop);
}
