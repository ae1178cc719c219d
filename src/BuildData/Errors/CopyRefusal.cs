namespace BuildData;

/// <summary>Specifies why <see cref="BuildDataCopy"/> does not copy into a store.</summary>
public enum CopyRefusal
{
    /// <summary>The target contains data that no copy has written.</summary>
    TargetNotEmpty,

    /// <summary>The target contains an unfinished copy of another source, or of this source before the source was changed.</summary>
    OtherSource,
}
