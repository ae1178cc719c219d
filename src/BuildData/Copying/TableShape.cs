using BuildData.Stores;

namespace BuildData.Copying;

/// <summary>
/// Describes which columns of a table a statement of a copy reads or writes, and holds the parts of its SQL. Immutable and thread-safe.
/// </summary>
internal sealed class TableShape
{
    private TableShape(CopyTable table, IReadOnlyList<string> columns, string? condition)
    {
        Table = table;
        Columns = columns;
        Kinds = [.. columns.Select(column => table.Texts.Contains(column) ? SqlValueKind.Text : table.Bytes.Contains(column) ? SqlValueKind.Bytes : SqlValueKind.Number)];
        KeyColumns = [.. table.Key.Select(key => columns.ToList().IndexOf(key))];
        Condition = condition;
        SelectList = $"SELECT {string.Join(", ", columns)} FROM {table.Name}";
        KeyList = string.Join(", ", table.Key);
        KeyListDescending = string.Join(", ", table.Key.Select(key => key + " DESC"));
        Delete = $"DELETE FROM {table.Name}";
        IEnumerable<string> assignments = columns.Select((column, i) => FormattableString.Invariant($"{column} = ${i + 1}"));
        Update = $"UPDATE {table.Name} SET {string.Join(", ", assignments.Skip(1))} WHERE {assignments.First()}";
    }

    /// <summary>Gets the table.</summary>
    public CopyTable Table { get; }

    /// <summary>Gets the names of the columns, in the order of the values of a <see cref="CopyPage"/>.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Gets the kind of the values of each column. Some values can be null.</summary>
    public IReadOnlyList<SqlValueKind> Kinds { get; }

    /// <summary>Gets the indexes of the columns of the key.</summary>
    public IReadOnlyList<int> KeyColumns { get; }

    /// <summary>Gets the SQL condition of the rows; null for all rows.</summary>
    public string? Condition { get; }

    /// <summary>Gets the beginning of a statement that reads the columns.</summary>
    public string SelectList { get; }

    /// <summary>Gets the columns of the key, separated by commas.</summary>
    public string KeyList { get; }

    /// <summary>Gets the columns of the key in descending order, for ORDER BY.</summary>
    public string KeyListDescending { get; }

    /// <summary>Gets a statement that removes all rows of the table.</summary>
    public string Delete { get; }

    /// <summary>Gets a statement that sets all columns but the first, where the first column has a certain value.</summary>
    public string Update { get; }

    /// <summary>Returns the shape of all columns.</summary>
    /// <param name="table">The table.</param>
    /// <param name="withSharedStoreColumns">Whether both stores have the columns of stores with several writers.</param>
    public static TableShape OfAll(CopyTable table, bool withSharedStoreColumns) => new(table, AllColumns(table, withSharedStoreColumns), null);

    /// <summary>Returns the shape of all columns that a copy writes when it inserts the rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="withSharedStoreColumns">Whether both stores have the columns of stores with several writers.</param>
    public static TableShape OfInsert(CopyTable table, bool withSharedStoreColumns) =>
        new(table, [.. AllColumns(table, withSharedStoreColumns).Except(table.LateColumns, StringComparer.Ordinal)], null);

    /// <summary>Returns the shape of the columns that a copy sets later.</summary>
    public static TableShape OfLateColumns(CopyTable table) =>
        new(table, [.. table.Key, .. table.LateColumns], "(" + string.Join(" OR ", table.LateColumns.Select(column => column + " IS NOT NULL")) + ")");

    /// <summary>Appends the statement that reads the rows after a key, in the order of the key.</summary>
    /// <param name="sql">The builder.</param>
    /// <param name="after">The values of the key; empty to read from the first row on.</param>
    /// <param name="limit">The maximum number of rows.</param>
    public void AppendSelect(SqlBuilder sql, ReadOnlySpan<SqlValue> after, int limit)
    {
        sql.Append(SelectList);
        AppendCondition(sql);
        if (after.Length > 0)
        {
            sql.Condition().Append(after.Length == 1 ? KeyList : $"({KeyList})").Append(" > ").Append(after.Length == 1 ? "" : "(");
            for (int i = 0; i < after.Length; i++)
                sql.Append(i == 0 ? "" : ", ").Value(after[i]);
            sql.Append(after.Length == 1 ? "" : ")");
        }

        sql.Append(" ORDER BY ").Append(KeyList).Append($" LIMIT {limit} + 0");
    }

    /// <summary>Appends the statement that reads the last row in the order of the key.</summary>
    public void AppendSelectOfLast(SqlBuilder sql)
    {
        sql.Append(SelectList);
        AppendCondition(sql);
        sql.Append(" ORDER BY ").Append(KeyListDescending).Append(" LIMIT 1");
    }

    private static string[] AllColumns(CopyTable table, bool withSharedStoreColumns) =>
        [.. table.Numbers, .. table.Texts, .. table.Bytes, .. withSharedStoreColumns ? table.SharedStoreNumbers : []];

    private void AppendCondition(SqlBuilder sql)
    {
        if (Condition is { } condition)
            sql.Condition().Append(condition);
    }
}
