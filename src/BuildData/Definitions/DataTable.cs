namespace BuildData.Definitions;

/// <summary>
/// Names the database table of a resource type, and the tables with details of its rows. An example of a detail is a tag of a builder.
/// </summary>
/// <param name="lockOrder">The table's position in the order in which transactions lock the rows of tables. No two tables have the same position.</param>
/// <param name="name">The name of the table.</param>
/// <param name="detailTables">The names of the tables that hold details of the rows.</param>
internal sealed class DataTable(int lockOrder, string name, params string[] detailTables)
{
    public int LockOrder => lockOrder;

    public string Name => name;

    /// <summary>Gets the name of the table, and then the names of the tables with its details.</summary>
    public IReadOnlyList<string> NamesWithDetailTables { get; } = [name, .. detailTables];
}
