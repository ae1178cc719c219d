using System.Diagnostics.CodeAnalysis;
using BuildData.Definitions;
using BuildData.Updating.Prefetching;

namespace BuildData.Stores;

/// <summary>
/// Lists the rows that an update locks and the data that it reads. A store that several masters share uses the plans of a batch's updates
/// to read and lock everything together. It runs only updates that lock different rows at the same time.
/// </summary>
[Experimental(Seam.DiagnosticId)]
public sealed class PrefetchPlan
{
    private readonly List<RowKey> _rows = new(1);
    private List<object>? _needs;
    private List<(string Table, int Count)>? _newIds;

    internal PrefetchPlan(BuildDataOptions options) => Options = options;

    /// <summary>Gets the options of the master.</summary>
    internal BuildDataOptions Options { get; }

    /// <summary>Gets the rows that the update locks, as far as its arguments identify them.</summary>
    public IReadOnlyList<RowKey> Rows => _rows;

    /// <summary>Gets the tables that the update writes or refers to.</summary>
    public TableSet Tables { get; private set; }

    /// <summary>
    /// Gets whether the rows to lock are known only while the update runs. Such an update may wait for locks, so it runs in a transaction
    /// without other updates.
    /// </summary>
    public bool RunsAlone { get; private set; }

    /// <summary>Gets what the update reads apart from the rows that it locks. The prefetchers of the resource types know these objects.</summary>
    internal IReadOnlyList<object> Needs => _needs ?? [];

    /// <summary>Gets the number of ids that the update assigns to new rows, by table.</summary>
    internal IReadOnlyList<(string Table, int Count)> NewIds => _newIds ?? [];

    /// <summary>Gets the row that the update locks if that is all it locks and reads; otherwise null.</summary>
    internal RowKey? OnlyRow => _rows.Count == 1 && _needs is null && _newIds is null ? _rows[0] : null;

    /// <summary>Returns the need of a type; null if the plan has none.</summary>
    internal T? Need<T>()
        where T : class
    {
        foreach (object need in Needs)
        {
            if (need is T found)
                return found;
        }

        return null;
    }

    /// <summary>Adds a row that the update locks.</summary>
    internal void Lock(DataTable table, long id)
    {
        _rows.Add(new RowKey(table.Name, id));
        Tables = Tables.With(table);
    }

    /// <summary>Adds data that the update reads.</summary>
    internal void Read(object need) => (_needs ??= []).Add(need);

    /// <summary>Adds a row that the update refers to, so that it must exist.</summary>
    internal void Refer(DataTable table, long id)
    {
        Read(new RowExistenceNeed(new RowKey(table.Name, id)));
        Tables = Tables.With(table);
    }

    /// <summary>Adds a name that the update looks up.</summary>
    internal void Name(DataTable table, string name)
    {
        Read(new NamedRowIdNeed(table.Name, name));
        Tables = Tables.With(table);
    }

    /// <summary>Adds ids that the update assigns to new rows of a table.</summary>
    internal void NewId(DataTable table, int count = 1)
    {
        (_newIds ??= []).Add((table.Name, count));
        Tables = Tables.With(table);
    }

    /// <summary>Adds tables that the update writes, or that its foreign keys refer to.</summary>
    internal void Use(params ReadOnlySpan<DataTable> tables)
    {
        foreach (DataTable table in tables)
            Tables = Tables.With(table);
    }

    /// <summary>Records that the update finds the rows to lock while it runs.</summary>
    internal void RunAlone() => RunsAlone = true;
}
