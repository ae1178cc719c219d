namespace BuildData;

/// <summary>Tells why a build request can't be claimed or completed.</summary>
public enum BuildRequestRefusal
{
    /// <summary>There is no such build request.</summary>
    Unknown,

    /// <summary>The build request is complete.</summary>
    Complete,

    /// <summary>This master has claimed the build request already.</summary>
    ClaimedByThisMaster,

    /// <summary>Another master has claimed the build request.</summary>
    ClaimedByAnotherMaster,
}
