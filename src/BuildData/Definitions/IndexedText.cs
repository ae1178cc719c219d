using BuildData.Stores;

namespace BuildData.Definitions;

/// <summary>
/// Writes conditions on texts of any length. An index contains only the beginning of each text, because some databases can't store a long
/// text in an index.
/// </summary>
internal static class IndexedText
{
    /// <summary>Appends the condition that a column equals a text. The index contains <c>substr(column, 1, 64)</c>.</summary>
    public static void AppendEqual(SqlBuilder sql, string column, SqlValue text) =>
        sql.Append("substr(").Append(column).Append(", 1, 64) = substr(").Value(text).Append(", 1, 64) AND ")
            .Append(column).Append(" = ").Value(text);
}
