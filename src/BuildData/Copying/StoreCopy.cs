using System.Globalization;
using BuildData.Stores;

namespace BuildData.Copying;

/// <summary>Copies a store into another one. Used for one run.</summary>
/// <remarks>
/// <para>The copy consists of stages: one for each table in the order of <see cref="CopyTables.All"/>, and then one for the late columns of
/// each table that has some. A stage reads pages of rows in the order of the key. It writes each page in a transaction that also records the
/// progress. While it writes a page, it reads the next one.</para>
/// <para>An interrupted run leaves the target with complete pages. The next run continues each stage after the last key in the target.
/// No key needs to be recorded, because the rows and the key are the same thing.</para>
/// <para>Then the run sets the numbers with which the target continues, compares all tables, and records that the copy has finished. Until
/// then, no master can open the target. All these steps can be repeated.</para>
/// </remarks>
internal sealed class StoreCopy(CopyConnection source, CopyConnection target, IProgress<CopyProgress>? progress)
{
    // Stores with several writers have further columns.
    private readonly bool _withSharedStoreColumns = source.Session.Dialect.HasSeveralWriters && target.Session.Dialect.HasSeveralWriters;

    private readonly CopyState _state = new(target);
    private long _rows;
    private long _totalRows;

    /// <summary>Runs the copy, or the rest of it.</summary>
    public async Task<CopyResult> Run(CancellationToken cancellationToken)
    {
        StoreNumbers numbers = await ReadSource(
            () => source.ReadNumbers([.. CopyTables.All.Where(table => table.GeneratesIds).Select(table => table.Name)], cancellationToken)).ConfigureAwait(false);
        string stamp = await SourceStamp.Compute(source, numbers, cancellationToken).ConfigureAwait(false);
        await Commit(
            () => _state.BeginOrContinue(stamp, [.. CopyTables.All.Select(StageOf), .. LateTables.Select(LateStageOf)], cancellationToken), cancellationToken).ConfigureAwait(false);
        _totalRows = await ReadSource(() => CountRows(cancellationToken)).ConfigureAwait(false);
        if (!_state.WasComplete)
            await CopyRows(numbers, cancellationToken).ConfigureAwait(false);

        CopyResult result = await Compare(cancellationToken).ConfigureAwait(false);
        await Commit(_state.Finish, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private static IEnumerable<CopyTable> LateTables => CopyTables.All.Where(table => table.LateColumns.Count > 0);

    private static string StageOf(CopyTable table) => table.Name;

    private static string LateStageOf(CopyTable table) => $"{table.Name} {string.Join(' ', table.LateColumns)}";

    private async Task CopyRows(StoreNumbers numbers, CancellationToken cancellationToken)
    {
        foreach (CopyTable table in CopyTables.All)
        {
            TableShape shape = TableShape.OfInsert(table, _withSharedStoreColumns);
            await RunStage(StageOf(table), shape, countsRows: true, page => Insert(shape, page, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        foreach (CopyTable table in LateTables)
        {
            TableShape shape = TableShape.OfLateColumns(table);
            await RunStage(LateStageOf(table), shape, countsRows: false, page => Update(shape, page), cancellationToken).ConfigureAwait(false);
        }

        await Commit(() => target.SetNumbers(numbers, cancellationToken), cancellationToken).ConfigureAwait(false);
        await WriteTarget(() => target.Optimize([.. CopyTables.All.Select(table => table.Name)], cancellationToken)).ConfigureAwait(false);
    }

    private async Task RunStage(string stage, TableShape shape, bool countsRows, Func<CopyPage, ValueTask> write, CancellationToken cancellationToken)
    {
        CopyState.StageState before = _state[stage];
        _rows += countsRows ? before.Rows : 0;
        if (before.IsComplete)
            return;

        SqlValue[] after = [];
        if (before.Rows > 0)
            await WriteTarget(async () => after = await PageReader.ReadLastKey(target, shape, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        var pages = new PageReader(source, shape, after);
        Task<CopyPage>? reading = pages.ReadNext(cancellationToken);
        try
        {
            while (reading is not null)
            {
                CopyPage page = await reading.ConfigureAwait(false);
                reading = page.IsLast ? null : Task.Run(() => pages.ReadNext(cancellationToken), cancellationToken);
                await Commit(
                    async () =>
                    {
                        await write(page).ConfigureAwait(false);
                        await _state.Advance(stage, page.Rows, page.IsLast).ConfigureAwait(false);
                    },
                    cancellationToken).ConfigureAwait(false);
                _rows += countsRows ? page.Rows : 0;
                progress?.Report(new CopyProgress(CopyPhase.Copying, shape.Table.Name, _rows, _totalRows));
            }
        }
        finally
        {
            // The connection must not be closed while the next page is read.
            if (reading is not null)
                await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask Insert(TableShape shape, CopyPage page, CancellationToken cancellationToken)
    {
        if (shape.Table.HasOneRow)
            await target.Session.Execute(shape.Delete).ConfigureAwait(false);
        if (page.Rows > 0)
            await target.InsertRows(shape.Table.Name, shape.Columns, page.Values, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask Update(TableShape shape, CopyPage page)
    {
        for (int row = 0; row < page.Rows; row++)
            await target.Session.Execute(shape.Update, page.Values.Span.Slice(row * shape.Columns.Count, shape.Columns.Count)).ConfigureAwait(false);
    }

    private async Task<CopyResult> Compare(CancellationToken cancellationToken)
    {
        _rows = 0;
        var comparison = new StoreComparison(source, target, (table, rows) =>
        {
            _rows += rows;
            progress?.Report(new CopyProgress(CopyPhase.Comparing, table, _rows, _totalRows));
        });
        var tables = new List<CopiedTable>();
        var differences = new List<(CopiedTable Source, CopiedTable Target)>();
        foreach (CopyTable table in CopyTables.All)
        {
            (CopiedTable original, CopiedTable copy) = await comparison.Compare(TableShape.OfAll(table, _withSharedStoreColumns), cancellationToken).ConfigureAwait(false);
            tables.Add(original);
            if (original == copy)
                continue;

            if (_state.WasComplete)
                throw _state.NotEmpty("It contains the finished copy of this source, but was changed since.");
            differences.Add((original, copy));
        }

        return differences.Count == 0
            ? new CopyResult(tables)
            : throw new CopyDifferenceException(target.StoreName, [.. differences.Select(pair => pair.Source.Name)], Describe(differences));
    }

    private static string Describe(List<(CopiedTable Source, CopiedTable Target)> differences) =>
        string.Concat(differences.Select(pair => pair.Source.Rows == pair.Target.Rows
            ? $"The rows of '{pair.Source.Name}' differ. "
            : string.Create(CultureInfo.InvariantCulture, $"'{pair.Source.Name}' has {pair.Source.Rows} rows, and the copy has {pair.Target.Rows}. "))).TrimEnd();

    private async ValueTask<long> CountRows(CancellationToken cancellationToken)
    {
        long count = 0;
        foreach (CopyTable table in CopyTables.All)
        {
            SqlBuilder sql = source.Session.Sql().Append("SELECT count(*) FROM ").Append(table.Name);
            count += (await source.Session.Rows<long>(sql, cancellationToken).ConfigureAwait(false))[0];
        }

        return count;
    }

    /// <summary>Runs an action in a transaction of the target.</summary>
    private Task Commit(Func<ValueTask> action, CancellationToken cancellationToken) => WriteTarget(async () =>
    {
        await target.Begin(cancellationToken).ConfigureAwait(false);
        try
        {
            await action().ConfigureAwait(false);
            await target.Commit(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await target.Rollback().ConfigureAwait(false);
            throw;
        }
    });

    private async Task WriteTarget(Func<ValueTask> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception error) when (target.Wrap(error) is { } wrapped)
        {
            throw wrapped;
        }
    }

    private async ValueTask<T> ReadSource<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception error) when (source.Wrap(error) is { } wrapped)
        {
            throw wrapped;
        }
    }
}
