namespace BuildData;

/// <summary>Specifies why a build request can't be claimed or completed.</summary>
public enum BuildRequestRefusal
{
    /// <summary>The build request does not exist.</summary>
    Unknown,

    /// <summary>The build request is complete.</summary>
    Complete,

    /// <summary>The calling master has already claimed the build request.</summary>
    ClaimedByThisMaster,

    /// <summary>Another master has claimed the build request.</summary>
    ClaimedByAnotherMaster,
}
