namespace BuildData;

/// <summary>Describes a table after a copy. Source and target are equal. Immutable and thread-safe.</summary>
/// <param name="Name">The name of the table.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Checksum">
/// The checksum of all rows, as 32 hexadecimal digits. Equal rows have the same checksum in every store.
/// </param>
public sealed record CopiedTable(string Name, long Rows, string Checksum);
