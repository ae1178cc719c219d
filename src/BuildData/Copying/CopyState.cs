using BuildData.Stores;

namespace BuildData.Copying;

/// <summary>Reads and writes the tables in which a target records the progress of its copy. Not thread-safe.</summary>
internal sealed class CopyState(CopyConnection target)
{
    private readonly Dictionary<string, StageState> _stages = new(StringComparer.Ordinal);

    private WriteSession Session => target.Session;

    /// <summary>Gets whether the copy had finished when this run began.</summary>
    public bool WasComplete { get; private set; }

    /// <summary>Returns the state of a stage. A stage copies a table, or the late columns of a table.</summary>
    public StageState this[string stage] => _stages[stage];

    /// <summary>Begins a new copy in an empty target, or continues the copy that the target contains.</summary>
    /// <param name="source">The checksum by which the copy recognizes its source.</param>
    /// <param name="stages">The names of all stages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="CopyRefusedException">The target contains other data, or a copy of another source.</exception>
    public async ValueTask BeginOrContinue(string source, IEnumerable<string> stages, CancellationToken cancellationToken)
    {
        await target.LockMasters(cancellationToken).ConfigureAwait(false);
        List<CopyRow> copies = await Session.Rows<CopyRow>(
            Session.Sql().Append("SELECT source AS Source, complete AS Complete FROM store_copy"), cancellationToken).ConfigureAwait(false);
        if (copies is not [var copy])
        {
            await ThrowIfNotEmpty(cancellationToken).ConfigureAwait(false);
            await Session.Execute("INSERT INTO store_copy (source, complete) VALUES ($1, 0)", source).ConfigureAwait(false);
        }
        else if (copy.Source != source)
        {
            throw copy.Complete
                ? NotEmpty("It contains the finished copy of another store.")
                : new CopyRefusedException(
                    target.StoreName, CopyRefusal.OtherSource, "It contains the unfinished copy of another source, or of this source before the source was changed.");
        }
        else
        {
            WasComplete = copy.Complete;
        }

        await ReadStages(stages, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records in the current transaction that rows of a stage were copied.</summary>
    /// <param name="stage">The name of the stage.</param>
    /// <param name="rows">The number of rows that the transaction copies.</param>
    /// <param name="isLast">Whether these are the last rows of the stage.</param>
    public ValueTask Advance(string stage, long rows, bool isLast)
    {
        _stages[stage] = new StageState(_stages[stage].Rows + rows, isLast);
        return Session.Execute("UPDATE copied_tables SET row_count = row_count + $2, complete = $3 WHERE name = $1", stage, rows, isLast);
    }

    /// <summary>Records in the current transaction that the copy has finished.</summary>
    public ValueTask Finish() => Session.Execute("UPDATE store_copy SET complete = 1");

    /// <summary>Creates the exception for a target that contains data that this copy has not written.</summary>
    public CopyRefusedException NotEmpty(string detail) => new(target.StoreName, CopyRefusal.TargetNotEmpty, detail);

    private async ValueTask ReadStages(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        List<StageRow> rows = await Session.Rows<StageRow>(
            Session.Sql().Append("SELECT name AS Name, row_count AS Rows, complete AS Complete FROM copied_tables"), cancellationToken).ConfigureAwait(false);
        foreach (StageRow row in rows)
            _stages[row.Name] = new StageState(row.Rows, row.Complete);
        foreach (string name in names.Where(name => !_stages.ContainsKey(name)))
        {
            _stages[name] = new StageState(0, IsComplete: false);
            await Session.Execute("INSERT INTO copied_tables (name, row_count, complete) VALUES ($1, 0, 0)", name).ConfigureAwait(false);
        }
    }

    private async ValueTask ThrowIfNotEmpty(CancellationToken cancellationToken)
    {
        foreach (CopyTable table in CopyTables.All.Where(table => !table.HasOneRow))
        {
            SqlBuilder sql = Session.Sql().Append("SELECT count(*) FROM (SELECT 1 FROM ").Append(table.Name).Append(" LIMIT 1) AS first");
            if ((await Session.Rows<long>(sql, cancellationToken).ConfigureAwait(false))[0] > 0)
                throw NotEmpty($"Its table '{table.Name}' has rows that no copy has written.");
        }
    }

    /// <summary>Describes the progress of a stage.</summary>
    /// <param name="Rows">The number of copied rows.</param>
    /// <param name="IsComplete">Whether all rows are copied.</param>
    public sealed record StageState(long Rows, bool IsComplete);

    /// <summary>Holds the row of <c>store_copy</c>. Dapper sets the properties.</summary>
    private sealed class CopyRow
    {
        public string Source { get; init; } = "";

        public bool Complete { get; init; }
    }

    /// <summary>Holds a row of <c>copied_tables</c>. Dapper sets the properties.</summary>
    private sealed class StageRow
    {
        public string Name { get; init; } = "";

        public long Rows { get; init; }

        public bool Complete { get; init; }
    }
}
