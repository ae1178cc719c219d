using Npgsql;

namespace BuildData.PostgreSql.Connections;

/// <summary>
/// Changes the settings of sessions that write. The new settings replace the settings that are configured for the database or for the
/// database user.
/// </summary>
/// <remarks>
/// With these settings, the server ends a session if the client's computer does not answer network probes. The server also
/// ends a session that is idle in a transaction for too long.
/// </remarks>
internal static class SessionSettings
{
    // Rows are looked up by their keys, so nested loops over indexes are always the right plan. With the default settings, the
    // server would choose to read a small table as a whole, and would keep that plan when the table has grown.
    private const string Set =
        """
        SELECT set_config(s.name, s.value, false) FROM (VALUES
            ('statement_timeout', '0'), ('lock_timeout', '0'), ('transaction_timeout', '0'), ('idle_session_timeout', '0'),
            ('idle_in_transaction_session_timeout', $1),
            ('default_transaction_read_only', 'off'), ('default_transaction_isolation', 'read committed'),
            ('tcp_keepalives_idle', '5'), ('tcp_keepalives_interval', '3'), ('tcp_keepalives_count', '3'), ('tcp_user_timeout', '15s'),
            ('client_connection_check_interval', CASE WHEN version() LIKE '%linux%' THEN '5s' ELSE '0' END),
            ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'), ('jit', 'off'), ('plan_cache_mode', 'force_generic_plan'),
            ('synchronous_commit', CASE WHEN NOT $2 THEN 'off' WHEN current_setting('synchronous_commit') = 'off' THEN 'on' ELSE current_setting('synchronous_commit') END)
            ) AS s (name, value)
        JOIN pg_settings AS known ON known.name = s.name
        """;

    /// <summary>Applies the settings to the session of a new connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="commitsDurably">Whether commits wait for the disk.</param>
    /// <param name="maxIdleTimeInTransaction">
    /// The time after which the server ends the session if it is idle inside a transaction; null for no limit.
    /// </param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    public static async ValueTask Apply(NpgsqlConnection connection, bool commitsDurably, TimeSpan? maxIdleTimeInTransaction, CancellationToken cancellationToken)
    {
        var set = new NpgsqlCommand(Set, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = FormattableString.Invariant($"{(long)(maxIdleTimeInTransaction?.TotalMilliseconds ?? 0)}") },
                new NpgsqlParameter<bool> { TypedValue = commitsDurably },
            },
        };
        await using (set.ConfigureAwait(false))
            await set.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
