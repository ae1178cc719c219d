using BuildData.Copying;
using BuildData.Stores;

namespace BuildData;

/// <summary>Copies a whole store into an empty store, of the same kind or of another kind. Thread-safe.</summary>
public static class BuildDataCopy
{
    /// <summary>
    /// Copies all data of a store into an empty store, and compares both afterwards. If the call is cancelled, fails or is killed, a call with
    /// the same stores continues the copy.
    /// </summary>
    /// <remarks>
    /// <para>The copy has the same ids and the same kept events with the same sequence numbers. A master that opens it continues with the
    /// numbers that follow. A subscription can resume in the copy after a cursor of the source.</para>
    /// <para>No master may have either store open, and none can open the source for writing while the method runs. If the source is changed
    /// between two calls, the second call throws an exception. The method migrates the schemas of both stores to the newest version.</para>
    /// <para>The method needs little memory, whatever the size of the store is. It copies thousands of rows in each transaction.</para>
    /// <para>If the copy has already finished, and the target has not been changed since, the method only compares the stores again.</para>
    /// </remarks>
    /// <param name="from">Selects the source. Other options have no effect, apart from those of the store and the logger.</param>
    /// <param name="to">Selects the target: a store without any data, or an unfinished copy. A SQLite file need not exist.</param>
    /// <param name="progress">
    /// Receives a report after each transaction; null for none. The reports come one after the other, from different threads.
    /// </param>
    /// <param name="cancellationToken">Cancels the copy.</param>
    /// <returns>The number of rows and the checksum of each table.</returns>
    /// <example>
    /// <code>
    /// await BuildDataCopy.Run(o => o.UseSqlite("Data Source=builds.db"), o => o.UsePostgreSql("Host=db;Database=builds;Username=ci"));
    /// </code>
    /// </example>
    /// <exception cref="ArgumentException">The options select no store, or are invalid.</exception>
    /// <exception cref="CopyRefusedException">The target contains other data, or the unfinished copy of another source.</exception>
    /// <exception cref="CopyDifferenceException">The comparison at the end has found differences.</exception>
    /// <exception cref="UnfinishedCopyException">The source is itself an unfinished copy.</exception>
    /// <exception cref="StoreInUseException">A master or another copy has one of the stores open.</exception>
    /// <exception cref="SchemaVersionException">The library does not support the schema version of one of the stores.</exception>
    /// <exception cref="StoreException">A store has reported an error: for example, the disk is full.</exception>
    /// <exception cref="NotSupportedException">One of the stores is of a kind that can't be copied.</exception>
    public static async Task<CopyResult> Run(
        Action<BuildDataOptions> from, Action<BuildDataOptions> to, IProgress<CopyProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        Master source = CreateMaster(from);
        await using (source.ConfigureAwait(false))
        {
            Master target = CreateMaster(to);
            await using (target.ConfigureAwait(false))
            {
                CopyConnection reading = await source.Store.OpenForCopy(CopyRole.Source, cancellationToken).ConfigureAwait(false);
                await using (reading.ConfigureAwait(false))
                {
                    CopyConnection writing = await target.Store.OpenForCopy(CopyRole.Target, cancellationToken).ConfigureAwait(false);
                    await using (writing.ConfigureAwait(false))
                        return await new StoreCopy(reading, writing, progress).Run(cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    // The master creates the store, and is never opened.
    private static Master CreateMaster(Action<BuildDataOptions> configure)
    {
        var options = new BuildDataOptions();
        configure(options);
        return new Master(options);
    }
}
