using System.Data;
using System.Data.Common;
using BuildData.Stores;
using Npgsql;

namespace BuildData.PostgreSql;

/// <summary>A connection that writes, and the transactions on it.</summary>
/// <param name="site">Where it writes.</param>
/// <param name="isPatient">
/// Whether it waits for rows that others hold for as long as it takes. Such a connection is for one transaction alone.
/// </param>
internal sealed class WriteConnection(Site site, bool isPatient) : IAsyncDisposable
{
    // The row of event_log is locked last and for the commit alone: whoever has it is next in the order of events.
    private const string AppendEvents =
        """
        WITH next AS (UPDATE event_log SET position = position + $1 RETURNING position)
        INSERT INTO events (sequence, at, kind, name, resource_id, resource, properties)
        SELECT next.position - $1 + e.ordinal, $2, e.kind, e.name, e.resource_id, e.resource, e.properties
        FROM next, unnest($3, $4, $5, $6, $7) WITH ORDINALITY AS e (kind, name, resource_id, resource, properties, ordinal)
        """;

    private const string Announce =
        $"""
        SELECT position, (SELECT at FROM events WHERE sequence = position - $1), pg_notify({Listener.Channel}, position || ' ' || $2)
        FROM event_log
        """;

    // What the server is set to may be more than asked for, but must not be less.
    private const string WaitForDisk =
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

    // Rows are looked up by their keys. A plan that the server made when a table was small would read all of it when it has grown.
    private const string NoScans = "SELECT set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false)";

    // Longer than other masters' batches hold rows, and short enough to let the updates behind go on if a host's transaction does.
    private const string Impatience = "SET lock_timeout = '250ms'";

    private UpdateScope? _scope;

    public PostgreSqlSession Session { get; } = new(site.Ids);

    public UpdateScope Scope => _scope ??= new UpdateScope(Session, site.Context, site.MasterId);

    private long Now => ((SqlValue)Scope.Now).Number;

    /// <summary>Whether the connection is there, as far as is known.</summary>
    public bool IsConnected => Session.Connection is { State: ConnectionState.Open };

    /// <summary>Whether COMMIT has been sent and no answer has come yet.</summary>
    public bool IsCommitting { get; private set; }

    /// <summary>Begins a transaction, connecting first if need be.</summary>
    public async ValueTask Begin(CancellationToken cancellationToken)
    {
        IsCommitting = false;
        if (Session.Connection is null)
        {
            Session.Connection = await site.Server.Connect(cancellationToken).ConfigureAwait(false);
            Session.Add(site.Context.Options.Durability == Durability.Full ? WaitForDisk : "SET synchronous_commit = off");
            Session.Add(NoScans);
            if (!isPatient)
                Session.Add(Impatience);
            await Session.Flush(cancellationToken).ConfigureAwait(false);
        }

        // The database may have another level for others.
        Session.Add("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE");
        Scope.Begin();
    }

    /// <summary>Commits, with the events, and publishes them.</summary>
    public async ValueTask Commit()
    {
        int count = Scope.EventCount;
        if (count > 0)
        {
            Session.Add(EventsOf(count));
            Session.Add(new NpgsqlBatchCommand(Announce)
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = count }, new NpgsqlParameter<long> { TypedValue = Now } },
            });
        }

        Session.Add("COMMIT");
        IsCommitting = IsConnected;
        var place = new PlaceSink();
        if (count > 0)
            await Session.FlushAndRead(place).ConfigureAwait(false);
        else
            await Session.Flush(CancellationToken.None).ConfigureAwait(false);
        IsCommitting = false;
        Session.ReturnIds();
        if (count == 0)
            return;

        // To publish may take a connection of the pool, which need not have another.
        UpdateEvents events = Scope.TakeEvents();
        if (isPatient)
            await Disconnect().ConfigureAwait(false);
        await site.Announcer.Committed(events, place.Last - count + 1, place.Before).ConfigureAwait(false);
    }

    /// <summary>Whether nobody knows, after an error, if the transaction is committed.</summary>
    public bool MayBeIn(Exception error) =>
        IsCommitting && (Server.IsLoss(error) || (error is not PostgresException && !IsConnected));

    /// <summary>Undoes the transaction. If that can't be said to the server, the connection is given up, which undoes it as well.</summary>
    /// <param name="isLost">Whether it is known that it can't be said.</param>
    public async ValueTask Rollback(bool isLost = false)
    {
        Session.DropWaiting();
        Scope.Undo(0);
        if (isLost)
        {
            Session.ForgetIds();
            await Disconnect().ConfigureAwait(false);
        }

        if (Session.Connection is null)
            return;

        try
        {
            Session.Add("ROLLBACK");
            await Session.Flush(CancellationToken.None).ConfigureAwait(false);
            Session.Unprepare();
            Session.ReturnIds();
        }
#pragma warning disable CA1031 // Whatever it is, what is left of the transaction must not come into the next.
        catch (Exception)
#pragma warning restore CA1031
        {
            Session.ForgetIds();
            await Disconnect().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => Disconnect();

    /// <summary>Gives the connection up.</summary>
    private async ValueTask Disconnect()
    {
        Session.DropWaiting();
        if (Session.Connection is { } connection)
        {
            Session.Connection = null;
            try
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception error) when (Server.IsOurs(error))
            {
                // It is gone one way or the other.
                return;
            }
        }
    }

    private NpgsqlBatchCommand EventsOf(int count)
    {
        var kinds = new string[count];
        var names = new string[count];
        long[] ids = new long[count];
        var resources = new string[count];
        var properties = new string?[count];
        int i = 0;
        foreach (StoredEvent e in Scope.StoredEvents(first: 0))
        {
            (kinds[i], names[i], ids[i], resources[i], properties[i]) = (e.Kind, e.Name, e.ResourceId, e.Resource, e.Properties);
            i++;
        }

        return new NpgsqlBatchCommand(AppendEvents)
        {
            Parameters =
            {
                new NpgsqlParameter<long> { TypedValue = count },
                new NpgsqlParameter<long> { TypedValue = Now },
                new NpgsqlParameter<string[]> { TypedValue = kinds },
                new NpgsqlParameter<string[]> { TypedValue = names },
                new NpgsqlParameter<long[]> { TypedValue = ids },
                new NpgsqlParameter<string[]> { TypedValue = resources },
                new NpgsqlParameter<string?[]> { TypedValue = properties },
            },
        };
    }

    /// <summary>Takes the number of the transaction's last event, and the time of the event before its first.</summary>
    private sealed class PlaceSink : RowSink
    {
        public long Last { get; private set; }

        public long? Before { get; private set; }

        public override void Open(RowParsers parsers)
        {
        }

        public override void Add(DbDataReader row)
        {
            Last = row.GetInt64(0);
            Before = row.IsDBNull(1) ? null : row.GetInt64(1);
        }
    }
}
