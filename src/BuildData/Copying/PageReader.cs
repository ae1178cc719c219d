using BuildData.Stores;

namespace BuildData.Copying;

/// <summary>Reads the rows of a table in pages, in the order of the key. Not thread-safe.</summary>
/// <remarks>The reader fills two pages in turn. So the caller can use one page while the reader reads the next one.</remarks>
/// <param name="connection">The connection.</param>
/// <param name="shape">The columns to read.</param>
/// <param name="after">The key after which the reader begins; empty to begin with the first row.</param>
internal sealed class PageReader(CopyConnection connection, TableShape shape, SqlValue[] after)
{
    private const int FirstLimit = 1_000;
    private const int MaxLimit = 10_000;

    private SqlValue[] _after = after;
    private int _limit = FirstLimit;
    private CopyPage _page = new(shape);
    private CopyPage _other = new(shape);

    /// <summary>Returns the key of the last row of a table; empty if the table has no row.</summary>
    public static async ValueTask<SqlValue[]> ReadLastKey(CopyConnection connection, TableShape shape, CancellationToken cancellationToken)
    {
        var page = new CopyPage(shape);
        SqlBuilder sql = connection.Session.Sql();
        shape.AppendSelectOfLast(sql);
        await connection.Session.Query(sql, page, cancellationToken).ConfigureAwait(false);
        return page.LastKey;
    }

    /// <summary>Reads the next page. The page is valid until this method is called twice more.</summary>
    /// <exception cref="StoreException">The database has reported an error.</exception>
    public async Task<CopyPage> ReadNext(CancellationToken cancellationToken)
    {
        (_page, _other) = (_other, _page);
        CopyPage page = _page;
        page.Clear();
        SqlBuilder sql = connection.Session.Sql();
        shape.AppendSelect(sql, _after, _limit);
        try
        {
            await connection.Session.Query(sql, page, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (connection.Wrap(error) is { } wrapped)
        {
            throw wrapped;
        }

        page.IsLast = !page.IsTruncated && page.Rows < _limit;
        _limit = page.IsTruncated ? page.Rows : Math.Min(_limit * 2, MaxLimit);
        if (page.Rows > 0)
            _after = page.LastKey;
        return page;
    }
}
