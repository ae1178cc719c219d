using Npgsql;
using NpgsqlTypes;

namespace BuildData.Benchmarks;

/// <summary>
/// The least that a durable state string costs: a prepared UPDATE in autocommit on an open connection, for one caller. It stores
/// no event.
/// </summary>
internal sealed class PlainUpdateContender : NpgsqlContender
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _update;
    private readonly NpgsqlParameter<long> _id = new() { NpgsqlDbType = NpgsqlDbType.Bigint };
    private readonly NpgsqlParameter<string> _stateString = new() { NpgsqlDbType = NpgsqlDbType.Text };

    private PlainUpdateContender(NpgsqlDataSource dataSource, KnownRows rows, NpgsqlConnection connection)
        : base(dataSource, rows)
    {
        _connection = connection;
        _update = new NpgsqlCommand("UPDATE steps SET state_string = $2 WHERE id = $1", connection) { Parameters = { _id, _stateString } };
    }

    public static async Task<PlainUpdateContender> Open(NpgsqlDataSource dataSource, KnownRows rows)
    {
        var contender = new PlainUpdateContender(dataSource, rows, await dataSource.OpenConnectionAsync());
        await contender._update.PrepareAsync();
        return contender;
    }

    public override Task SetStepStateString(StepKey step, string stateString)
    {
        _id.TypedValue = step.StepId;
        _stateString.TypedValue = stateString;
        return _update.ExecuteNonQueryAsync();
    }

    public override void CloseIdleConnections()
    {
        // The one that it has stays open.
    }

    public override async ValueTask DisposeAsync()
    {
        await _update.DisposeAsync();
        await _connection.DisposeAsync();
        await base.DisposeAsync();
    }
}
