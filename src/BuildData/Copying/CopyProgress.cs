namespace BuildData;

/// <summary>Reports how far <see cref="BuildDataCopy"/> has come. Immutable and thread-safe.</summary>
/// <param name="Phase">What the copy is doing.</param>
/// <param name="Table">The name of the table that the copy is working on.</param>
/// <param name="Rows">
/// The number of rows of all tables that are done in this phase. In the phase <see cref="CopyPhase.Copying"/>, this includes the rows that
/// interrupted calls have copied.
/// </param>
/// <param name="TotalRows">The number of rows of all tables in the source.</param>
public sealed record CopyProgress(CopyPhase Phase, string Table, long Rows, long TotalRows);
