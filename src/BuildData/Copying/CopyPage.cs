using System.Data.Common;
using BuildData.Stores;

namespace BuildData.Copying;

/// <summary>
/// Holds some rows of a table. Limits the memory that the rows need. A page is filled again and again, because a new one for each query
/// would burden the garbage collector. Not thread-safe.
/// </summary>
internal sealed class CopyPage(TableShape shape) : RowSink
{
    // In characters and bytes. A page always has one row, however long it is.
    private const long MaxLength = 8 * 1024 * 1024;

    private SqlValue[] _values = [];
    private long _length;

    /// <summary>Gets the number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Gets whether the query has returned more rows than the page holds, because the texts or bytes of the rows are long.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Gets or sets whether no row follows the rows of this page.</summary>
    public bool IsLast { get; set; }

    /// <summary>Gets the values: first all columns of the first row, then those of the second row, and so on.</summary>
    public ReadOnlyMemory<SqlValue> Values => _values.AsMemory(0, Rows * shape.Columns.Count);

    /// <summary>Gets the key of the last row; empty if there is no row.</summary>
    public SqlValue[] LastKey
    {
        get
        {
            int start = (Rows - 1) * shape.Columns.Count;
            return Rows == 0 ? [] : [.. shape.KeyColumns.Select(column => _values[start + column])];
        }
    }

    /// <summary>Removes all rows.</summary>
    public void Clear() => (Rows, IsTruncated, IsLast, _length) = (0, false, false, 0);

    public override void Open(RowParsers parsers)
    {
    }

    public override void Add(DbDataReader row)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (_length > MaxLength)
        {
            IsTruncated = true;
            return;
        }

        int count = shape.Columns.Count;
        int start = Rows * count;
        if (_values.Length < start + count)
            Array.Resize(ref _values, Math.Max(start + count, _values.Length * 2));
        for (int i = 0; i < count; i++)
        {
            SqlValue value = row.IsDBNull(i) ? default : Read(row, i);
            _values[start + i] = value;
            _length += (value.Text?.Length ?? 0) + value.Bytes.Length;
        }

        Rows++;
    }

    private SqlValue Read(DbDataReader row, int column) => shape.Kinds[column] switch
    {
        SqlValueKind.Text => row.GetString(column),
        SqlValueKind.Bytes => SqlValue.FromBytes(row.GetFieldValue<byte[]>(column)),
        _ => row.GetInt64(column),
    };
}
