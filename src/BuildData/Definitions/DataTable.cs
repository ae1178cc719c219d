namespace BuildData.Definitions;

/// <summary>Represents the table of a resource type, with the tables of its details.</summary>
/// <param name="position">The table's position in the order in which transactions lock rows. Unique.</param>
/// <param name="name">The name of the table.</param>
/// <param name="details">The names of the tables that hold details of the rows.</param>
internal sealed class DataTable(int position, string name, params string[] details)
{
    public int Position => position;

    public string Name => name;

    /// <summary>Gets the names of the table and of its details.</summary>
    public IReadOnlyList<string> Names { get; } = [name, .. details];
}
