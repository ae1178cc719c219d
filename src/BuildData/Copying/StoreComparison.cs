using BuildData.Stores;

namespace BuildData.Copying;

/// <summary>Compares the rows of two stores.</summary>
/// <param name="source">The connection to the source.</param>
/// <param name="target">The connection to the target.</param>
/// <param name="onRows">Receives the name of a table and a number of its rows that the source has read.</param>
internal sealed class StoreComparison(CopyConnection source, CopyConnection target, Action<string, long> onRows)
{
    /// <summary>Reads all rows of a table in both stores at the same time.</summary>
    /// <returns>The table in the source and in the target. Equal tables have equal rows.</returns>
    public async Task<(CopiedTable Source, CopiedTable Target)> Compare(TableShape shape, CancellationToken cancellationToken)
    {
        // A SQLite file is read on the thread that calls. So the source is read on another thread.
        Task<CopiedTable> reading = Task.Run(() => Read(source, shape, rows => onRows(shape.Table.Name, rows), cancellationToken), cancellationToken);
        Task<CopiedTable> other = Task.Run(() => Read(target, shape, null, cancellationToken), cancellationToken);
        await Task.WhenAll(reading, other).ConfigureAwait(false);
        return (await reading.ConfigureAwait(false), await other.ConfigureAwait(false));
    }

    private static async Task<CopiedTable> Read(CopyConnection connection, TableShape shape, Action<long>? onRows, CancellationToken cancellationToken)
    {
        using var hash = new RowHash();
        var pages = new PageReader(connection, shape, []);
        long rows = 0;
        CopyPage page;
        do
        {
            page = await pages.ReadNext(cancellationToken).ConfigureAwait(false);
            hash.Add(page.Values.Span);
            rows += page.Rows;
            onRows?.Invoke(page.Rows);
        }
        while (!page.IsLast);
        return new CopiedTable(shape.Table.Name, rows, hash.Finish());
    }
}
