namespace BuildData.Torture.PowerCut.Recording;

/// <summary>An operation of the recorded process.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="File">The number of the file. Files keep their number when they are renamed.</param>
/// <param name="Offset">Where the written bytes begin in the file.</param>
/// <param name="Length">The length that was set.</param>
/// <param name="Path">The path below the folder; for an unknown operation, its name.</param>
/// <param name="OtherPath">The new path of a renamed file; for an unknown operation, the path.</param>
/// <param name="Data">The written bytes.</param>
internal sealed record TraceRecord(TraceKind Kind, int File, long Offset, long Length, string Path, string OtherPath, byte[] Data);
