using System.Numerics;
using BuildData.Stores;

namespace BuildData.Updating.Prefetching;

/// <summary>Appends lists of values to SQL statements.</summary>
internal static class SqlListExtensions
{
    /// <summary>An id that no row has. This class adds this id to a list of ids until the list has a standard length.</summary>
    public const long PaddingId = -1;

    // A statement can have more parameters than this, so there is room for others.
    private const int Longest = 16_384;

    /// <summary>Splits ids into lists that are short enough for one statement.</summary>
    public static IEnumerable<long[]> SplitIds(SortedSet<long> ids) => ids.Chunk(Longest);

    /// <summary>Appends <c>($1, $2, …)</c>.</summary>
    public static SqlBuilder AppendList(this SqlBuilder sql, IReadOnlyList<long> ids) => Append(sql, "(", ids, static (sql, id) => sql.Value(id), PaddingId).Append(")");

    /// <summary>Appends <c>($1, $2, …)</c>.</summary>
    public static SqlBuilder AppendList(this SqlBuilder sql, IReadOnlyList<string> texts) => Append(sql, "(", texts, static (sql, text) => sql.Value(text), texts[0]).Append(")");

    /// <summary>Appends <c>(VALUES ($1, $2), ($3, $4), …)</c>.</summary>
    public static SqlBuilder AppendValues<T>(this SqlBuilder sql, IReadOnlyList<T> rows, Func<SqlBuilder, T, SqlBuilder> appendRow, T padding) =>
        Append(
            sql,
            "(VALUES ",
            rows,
            (sql, row) =>
            {
                sql.Append("(");
                appendRow(sql, row);
                return sql.Append(")");
            },
            padding).Append(")");

    // Lengths are rounded up to a power of two, so that a few prepared statements serve lists of every length.
    private static SqlBuilder Append<T>(SqlBuilder sql, string open, IReadOnlyList<T> values, Func<SqlBuilder, T, SqlBuilder> appendRow, T padding)
    {
        int length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(values.Count, 1));
        sql.Append(open);
        for (int i = 0; i < length; i++)
        {
            if (i > 0)
                sql.Append(", ");
            appendRow(sql, i < values.Count ? values[i] : padding);
        }

        return sql;
    }
}
