using BuildData.Stores;

namespace BuildData.Queries;

/// <summary>
/// Represents the beginning of the FROM clause of a SELECT: tables that lead from a filter to the table of the resources through an index.
/// </summary>
/// <param name="Rank">How few rows the filter usually selects. A statement begins with the tables of the highest rank.</param>
/// <param name="AppendTables">Appends the tables and joins. The last joined table is the table of the resources, with its usual alias.</param>
/// <param name="AppendConditions">Appends the conditions that select the rows of the first table.</param>
/// <param name="IdColumn">
/// The column that contains the ids of the resources, in whose order the index returns the rows. Null if the index returns the rows in another
/// order.
/// </param>
internal sealed record StatementStart(StatementStartRank Rank, Action<SqlBuilder> AppendTables, Action<SqlBuilder> AppendConditions, string? IdColumn = null);
