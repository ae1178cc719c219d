namespace BuildData;

/// <summary>Specifies what <see cref="BuildDataCopy"/> is doing.</summary>
public enum CopyPhase
{
    /// <summary>Rows are read from the source and written to the target.</summary>
    Copying,

    /// <summary>All rows of both stores are read and compared.</summary>
    Comparing,
}
