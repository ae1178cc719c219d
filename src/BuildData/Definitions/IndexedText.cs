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
    /// <param name="hidesText">Whether to hide the text from the planner of the database, so that the plan is the same for all texts.</param>
    public static void AppendEqual(SqlBuilder sql, string column, SqlValue text, bool hidesText = false)
    {
        (string before, string after) = hidesText ? ("(SELECT ", ")") : ("", "");
        sql.Append("substr(").Append(column).Append(", 1, 64) = substr(").Append(before).Value(text).Append(after).Append(", 1, 64) AND ")
            .Append(column).Append(" = ").Append(before).Value(text).Append(after);
    }

    /// <summary>Appends the condition that a column equals one of several texts. The index contains <c>substr(column, 1, 64)</c>.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="column">The column.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="hidesSingleText">Whether to hide a single text from the planner of the database.</param>
    public static void AppendEqualToAny(SqlBuilder sql, string column, IReadOnlyList<string> texts, bool hidesSingleText = false)
    {
        if (texts is [string single])
        {
            AppendEqual(sql, column, single, hidesSingleText);
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
