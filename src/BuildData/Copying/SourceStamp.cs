using BuildData.Stores;

namespace BuildData.Copying;

/// <summary>Computes the checksum by which a copy recognizes its source.</summary>
/// <remarks>
/// The checksum covers the table of masters, and the highest ids and numbers of the store. Every master that opens a store for writing
/// changes its row in that table: a SQLite store writes the time, and a store with several masters also counts how often. So a source that
/// was opened between two calls has another checksum, and so has another store. The comparison at the end of a copy finds all other changes.
/// </remarks>
internal static class SourceStamp
{
    /// <summary>Returns the checksum.</summary>
    public static async ValueTask<string> Compute(CopyConnection source, StoreNumbers numbers, CancellationToken cancellationToken)
    {
        using var hash = new RowHash();
        foreach (CopyTable table in CopyTables.All.Where(table => table.Name == "masters" || table.HasOneRow))
        {
            var pages = new PageReader(source, TableShape.OfAll(table, source.Session.Dialect.HasSeveralWriters), []);
            CopyPage page;
            do
            {
                page = await pages.ReadNext(cancellationToken).ConfigureAwait(false);
                hash.Add(page.Values.Span);
            }
            while (!page.IsLast);
        }

        hash.Add(numbers.LastSequence);
        foreach ((string table, long id) in numbers.HighestIds.OrderBy(highest => highest.Key, StringComparer.Ordinal))
        {
            hash.Add(table);
            hash.Add(id);
        }

        return hash.Finish();
    }
}
