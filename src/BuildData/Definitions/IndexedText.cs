using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Writes conditions on texts of any length. An index contains only the beginning of each text, because some databases can't store a long
/// text in an index.
/// </summary>
internal static class IndexedText
{
    /// <summary>Appends the condition that a column equals a text. The index contains <c>substr(column, 1, 64)</c>.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="column">The column.</param>
    /// <param name="text">The text.</param>
    public static void AppendEqual(SqlBuilder sql, string column, SqlValue text) =>
        sql.Append("substr(").Append(column).Append(", 1, 64) = substr(").Value(text).Append(", 1, 64) AND ").Append(column).Append(" = ").Value(text);

    /// <summary>Appends the condition that a column equals one of several texts. The index contains <c>substr(column, 1, 64)</c>.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="column">The column.</param>
    /// <param name="texts">The texts.</param>
    public static void AppendEqualToAny(SqlBuilder sql, string column, IReadOnlyList<string> texts)
    {
        if (texts is [string single])
        {
            AppendEqual(sql, column, single);
            return;
        }

        sql.Append("substr(").Append(column).Append(", 1, 64) IN (");
        foreach (string text in texts)
            sql.Append("substr(").Value(text).Append(", 1, 64), ");
        sql.TrimEnd(2).Append(") AND ").Append(column).Append(" IN (");
        foreach (string text in texts)
            sql.Value(text).Append(", ");
        sql.TrimEnd(2).Append(")");
    }
}
