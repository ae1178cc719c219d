using System.Diagnostics.CodeAnalysis;
using BuildData.Sql;

namespace BuildData.Stores;

/// <summary>Represents a database connection that runs queries. Not thread-safe: only one caller may use a session at a time.</summary>
[Experimental(ExperimentalStoreApi.DiagnosticId)]
public abstract class ReadSession
{
    private readonly SqlBuilder _sql = new();

    /// <summary>Gets the SQL dialect of the store.</summary>
    public abstract SqlDialect Dialect { get; }

    /// <summary>Returns the builder of the session's next statement. Each call clears and returns the same builder.</summary>
    public SqlBuilder Sql() => _sql.Clear();

    /// <summary>Runs a query, and passes each row that the query returns to an object: the sink.</summary>
    public abstract ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken);

    /// <summary>Begins a snapshot. All queries until <see cref="EndSnapshot"/> see the same committed state of the database.</summary>
    public abstract ValueTask BeginSnapshot(CancellationToken cancellationToken);

    /// <summary>Ends the snapshot that <see cref="BeginSnapshot"/> began.</summary>
    public abstract ValueTask EndSnapshot();

    /// <summary>
    /// Runs queries in order. The rows of each query go to the <see cref="RowSink"/> of that query. A store that uses a server can override this
    /// method, and send all queries in one round trip.
    /// </summary>
    public virtual async ValueTask QueryAll(IReadOnlyList<(SqlBuilder Sql, RowSink Sink)> queries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queries);
        foreach ((SqlBuilder sql, RowSink sink) in queries)
            await Query(sql, sink, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a query, and returns a list of its rows. Converts each row to a <typeparamref name="TRow"/>.</summary>
    public async ValueTask<List<TRow>> Rows<[DynamicallyAccessedMembers(MembersKeptByTrimming.ConstructorAndProperties)] TRow>(SqlBuilder sql, CancellationToken cancellationToken)
    {
        var sink = new ListSink<TRow>();
        await Query(sql, sink, cancellationToken).ConfigureAwait(false);
        return sink.Rows;
    }
}
