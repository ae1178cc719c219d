using System.Globalization;
using Npgsql;

namespace BuildData.Tests;

/// <summary>Reads the notifications that masters send each other, without being a master.</summary>
internal sealed class NotificationReader : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly List<string> _senders = [];

    private NotificationReader(NpgsqlConnection connection)
    {
        _connection = connection;
        connection.Notification += (_, e) => _senders.Add(e.Payload);
    }

    public static async Task<NotificationReader> Start(PostgreSqlTestStore store)
    {
        var connection = new NpgsqlConnection(store.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        var reader = new NotificationReader(connection);
        string channel = (await store.Scalar<string>("SELECT 'builddata_' || tableoid FROM event_log"))!;
        await using var listen = new NpgsqlCommand("LISTEN " + channel, connection);
        await listen.ExecuteNonQueryAsync();
        return reader;
    }

    /// <summary>Waits until a master sends a notification.</summary>
    public async Task Receive(Master sender)
    {
        using var end = new CancellationTokenSource(Given.Patience);
        while (!Take(sender))
            await _connection.WaitAsync(end.Token);
    }

    /// <summary>Waits for a notification of a master after an operation, and returns whether one came within half a second.</summary>
    public async Task<bool> ReceivesAfter(Func<Task> operation, Master sender)
    {
        Take(sender);
        await operation();
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(0.5));
        try
        {
            while (!Take(sender))
                await _connection.WaitAsync(end.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private bool Take(Master sender) => _senders.RemoveAll(sender.Id!.Value.ToString(CultureInfo.InvariantCulture).Equals) > 0;
}
