using System.Diagnostics.CodeAnalysis;
using BuildData.Sql;

namespace BuildData.Stores;

/// <summary>Represents a connection that runs queries. Not thread-safe: only one caller may use a session at a time.</summary>
[Experimental(Seam.DiagnosticId)]
public abstract class ReadSession
{
    private readonly SqlBuilder _sql = new();

    /// <summary>Gets the SQL dialect of the store.</summary>
    public abstract SqlDialect Dialect { get; }

    /// <summary>Clears and returns the session's only statement builder. A call discards the statement that was built after the previous call.</summary>
    public SqlBuilder Sql() => _sql.Clear();

    /// <summary>Runs a statement and passes its rows to a sink.</summary>
    public abstract ValueTask Query(SqlBuilder sql, RowSink sink, CancellationToken cancellationToken);

    /// <summary>Begins a snapshot: all statements until <see cref="EndSnapshot"/> see the same committed state of the database.</summary>
    public abstract ValueTask BeginSnapshot(CancellationToken cancellationToken);

    /// <summary>Ends the snapshot that <see cref="BeginSnapshot"/> began.</summary>
    public abstract ValueTask EndSnapshot();

    /// <summary>
    /// Runs statements, and passes the rows of each statement to its sink. A store on a server can override this method to send all
    /// statements in one round trip.
    /// </summary>
    public virtual async ValueTask QueryAll(IReadOnlyList<(SqlBuilder Sql, RowSink Sink)> queries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(queries);
        foreach ((SqlBuilder sql, RowSink sink) in queries)
            await Query(sql, sink, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a statement, and returns its rows. Converts each row to a <typeparamref name="TRow"/>.</summary>
    public async ValueTask<List<TRow>> Rows<[DynamicallyAccessedMembers(MappedMembers.All)] TRow>(SqlBuilder sql, CancellationToken cancellationToken)
    {
        var sink = new ListSink<TRow>();
        await Query(sql, sink, cancellationToken).ConfigureAwait(false);
        return sink.Rows;
    }
}
