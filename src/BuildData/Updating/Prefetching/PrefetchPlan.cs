using System.Diagnostics.CodeAnalysis;
using BuildData.Definitions;
using BuildData.Updating.Prefetching;

namespace BuildData.Stores;

/// <summary>Lists the rows that an update locks, and describes the other data that the update reads.</summary>
/// <remarks>
/// A store to which several masters write uses the plans of many updates to read and lock all their rows together. The plans also show
/// which updates can run at the same time: updates that lock different rows.
/// </remarks>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public sealed class PrefetchPlan
{
    private readonly List<RowKey> _rows = new(1);
    private List<object>? _needs;
    private List<(string Table, int Count)>? _newIds;

    internal PrefetchPlan(BuildDataOptions options) => Options = options;

    /// <summary>Gets the options of the master.</summary>
    internal BuildDataOptions Options { get; }

    /// <summary>Gets the rows that the update locks, if its arguments identify these rows. The update can lock other rows too.</summary>
    public IReadOnlyList<RowKey> Rows => _rows;

    /// <summary>Gets the tables that the update writes, and the tables to which the written rows refer.</summary>
    public TableSet Tables { get; private set; }

    /// <summary>
    /// Gets whether the update must run in a transaction without other updates. This is necessary if the update finds out only while it
    /// runs which rows it must lock. Then the update may have to wait for locks of other transactions, and other updates should not wait
    /// with it.
    /// </summary>
    public bool RunsAlone { get; private set; }

    /// <summary>
    /// Gets objects that describe the data that the update reads, apart from the locked rows. The type of an object determines which
    /// <see cref="Prefetcher"/> reads the data.
    /// </summary>
    internal IReadOnlyList<object> Needs => _needs ?? [];

    /// <summary>Gets how many ids the update needs for new rows, for each table.</summary>
    internal IReadOnlyList<(string Table, int Count)> NewIds => _newIds ?? [];

    /// <summary>
    /// Gets the row that the update locks, if the update uses no other data. Null if the update locks several rows or none, reads other data,
    /// or adds rows.
    /// </summary>
    internal RowKey? OnlyRow => _rows.Count == 1 && _needs is null && _newIds is null ? _rows[0] : null;

    /// <summary>Returns the first object of a type from <see cref="Needs"/>; null if there is none.</summary>
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
    internal void AddRowToLock(ResourceTable table, long id)
    {
        _rows.Add(new RowKey(table.Name, id));
        Tables = Tables.With(table);
    }

    /// <summary>Adds an object that describes data. The update will read this data.</summary>
    internal void AddNeed(object need) => (_needs ??= []).Add(need);

    /// <summary>Adds a check to the plan: whether a row exists. The update will write a reference to this row.</summary>
    internal void AddReference(ResourceTable table, long id)
    {
        AddNeed(new RowExistenceToPrefetch(new RowKey(table.Name, id)));
        Tables = Tables.With(table);
    }

    /// <summary>Adds the name of a row whose id the update needs.</summary>
    internal void AddNameToLookUp(ResourceTable table, string name)
    {
        AddNeed(new RowIdByNameToPrefetch(table, name));
        Tables = Tables.With(table);
    }

    /// <summary>Records that the update needs ids for new rows of a table.</summary>
    internal void AddNewIds(ResourceTable table, int count = 1)
    {
        (_newIds ??= []).Add((table.Name, count));
        Tables = Tables.With(table);
    }

    /// <summary>Adds tables that the update writes, and tables to which the written rows refer.</summary>
    internal void AddTables(params ReadOnlySpan<ResourceTable> tables)
    {
        foreach (ResourceTable table in tables)
            Tables = Tables.With(table);
    }

    /// <summary>
    /// Records that the update finds out only while it runs which rows it must lock. Therefore the update must run in a transaction without
    /// other updates.
    /// </summary>
    internal void SetRunsAlone() => RunsAlone = true;
}
