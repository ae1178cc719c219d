using BuildData.PostgreSql.Connections;
using Npgsql;

namespace BuildData.PostgreSql.Writing;

/// <summary>Makes a commit that waits until it and all earlier commits are on the server's disk, and at the synchronous replicas.</summary>
internal static class DurableCommit
{
    /// <summary>Makes the commit.</summary>
    /// <param name="connection">A connection, outside a transaction.</param>
    /// <param name="master">This process's master. The commit writes its row.</param>
    /// <param name="cancellationToken">Cancels the commit.</param>
    public static async ValueTask Make(NpgsqlConnection connection, MasterIdentity master, CancellationToken cancellationToken)
    {
        var commit = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("SELECT set_config('transaction_read_only', 'off', true)"),
                new NpgsqlBatchCommand("SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"),
                new NpgsqlBatchCommand("UPDATE masters SET last_active = last_active WHERE id = $1")
                {
                    Parameters = { new NpgsqlParameter<long> { TypedValue = master.Id } },
                },
            },
        };
        await using (commit.ConfigureAwait(false))
            await commit.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
