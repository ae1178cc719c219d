using System.Diagnostics.CodeAnalysis;
using BuildData.Definitions;

namespace BuildData.Stores;

/// <summary>
/// Represents a set of tables that an update writes, locks or refers to. The set never contains the table of events, because every update
/// writes that table. <see cref="StoreContext.TableNames"/> returns the names of the tables.
/// </summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public readonly record struct TableSet
{
    // One bit for each table, by its lock order.
    private readonly ulong _tables;

    private TableSet(ulong tables) => _tables = tables;

    /// <summary>Gets whether the set contains no table.</summary>
    public bool IsEmpty => _tables == 0;

    /// <summary>Returns the set of the tables that are in this set, in another set, or in both.</summary>
    public TableSet Union(TableSet other) => new(_tables | other._tables);

    internal bool Contains(ResourceTable table) => (_tables & Bit(table)) != 0;

    internal TableSet With(ResourceTable table) => new(_tables | Bit(table));

    private static ulong Bit(ResourceTable table) => 1UL << table.LockOrder;
}
