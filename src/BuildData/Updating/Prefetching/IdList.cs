using System.Numerics;
using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Writes lists of values into statements.</summary>
internal static class IdList
{
    /// <summary>The ids that are appended where there are none. No row has it.</summary>
    public const long NoId = -1;

    // A statement has room for some more.
    private const int Longest = 16_384;

    /// <summary>Splits ids into lists that are short enough for a statement.</summary>
    public static IEnumerable<long[]> Split(SortedSet<long> ids) => ids.Chunk(Longest);

    /// <summary>Appends <c>($1, $2, …)</c>.</summary>
    public static SqlBuilder AppendList(this SqlBuilder sql, IReadOnlyList<long> ids) => Append(sql, "(", ids, static (sql, id) => sql.Value(id), NoId).Append(")");

    /// <summary>Appends <c>($1, $2, …)</c>.</summary>
    public static SqlBuilder AppendList(this SqlBuilder sql, IReadOnlyList<string> texts) => Append(sql, "(", texts, static (sql, text) => sql.Value(text), texts[0]).Append(")");

    /// <summary>Appends <c>(VALUES ($1, $2), ($3, $4), …)</c>.</summary>
    public static SqlBuilder AppendValues<T>(this SqlBuilder sql, IReadOnlyList<T> rows, Func<SqlBuilder, T, SqlBuilder> append, T none) =>
        Append(
            sql,
            "(VALUES ",
            rows,
            (sql, row) =>
            {
                sql.Append("(");
                append(sql, row);
                return sql.Append(")");
            },
            none).Append(")");

    // Lengths are rounded up, so that a few prepared statements serve all.
    private static SqlBuilder Append<T>(SqlBuilder sql, string open, IReadOnlyList<T> values, Func<SqlBuilder, T, SqlBuilder> append, T none)
    {
        int length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(values.Count, 1));
        sql.Append(open);
        for (int i = 0; i < length; i++)
        {
            if (i > 0)
                sql.Append(", ");
            append(sql, i < values.Count ? values[i] : none);
        }

        return sql;
    }
}
