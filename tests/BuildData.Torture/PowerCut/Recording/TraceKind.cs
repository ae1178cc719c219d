namespace BuildData.Torture.PowerCut.Recording;

/// <summary>The kinds of records in a trace. The values are those of <c>recorder.c</c>.</summary>
internal enum TraceKind
{
    /// <summary>A file was created.</summary>
    Created = 1,

    /// <summary>An existing file was opened.</summary>
    Opened,

    /// <summary>Bytes of a file were written.</summary>
    Written,

    /// <summary>The length of a file was set.</summary>
    Truncated,

    /// <summary>A sync of a file or a folder has begun. It covers what was done before.</summary>
    SyncBegun,

    /// <summary>A sync of a file has ended.</summary>
    Synced,

    /// <summary>A sync of a folder has ended.</summary>
    FolderSynced,

    /// <summary>A file got another name.</summary>
    Renamed,

    /// <summary>A name of a file was removed.</summary>
    Unlinked,

    /// <summary>A folder was created.</summary>
    FolderCreated,

    /// <summary>A folder was removed.</summary>
    FolderRemoved,

    /// <summary>The process has said something to the check.</summary>
    Mark,

    /// <summary>A file was mapped into memory so that the process can write to it unseen.</summary>
    Mapped,

    /// <summary>An operation that the simulated disk does not know.</summary>
    Unknown,
}
