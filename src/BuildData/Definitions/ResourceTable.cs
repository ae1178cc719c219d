namespace BuildData.Definitions;

/// <summary>Names the database table of a resource type. Also names its detail tables, such as the table with the tags of builders.</summary>
/// <param name="lockOrder">
/// The table's number in the order in which every transaction locks rows. Rows of tables with lower numbers are locked first. No two tables
/// have the same number.
/// </param>
/// <param name="name">The name of the table.</param>
/// <param name="detailTables">The names of the detail tables. A detail table has further data of the same resources.</param>
internal sealed class ResourceTable(int lockOrder, string name, params string[] detailTables)
{
    public int LockOrder => lockOrder;

    public string Name => name;

    /// <summary>
    /// Gets whether the unique name of a row can change, or whether a row can be removed. If true, a process can't cache the id that
    /// belongs to a name, because another process may change or remove the row.
    /// </summary>
    public bool NamesCanChange { get; init; }

    /// <summary>Gets the name of the table, followed by the names of its detail tables.</summary>
    public IReadOnlyList<string> AllTableNames { get; } = [name, .. detailTables];
}
