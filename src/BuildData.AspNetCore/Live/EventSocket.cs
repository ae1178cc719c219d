using System.Net.WebSockets;
using System.Threading.Channels;

namespace BuildData.AspNetCore.Live;

/// <summary>
/// Represents the sending side of a client's WebSocket: a queue of batches, and the task that writes them. A batch is a byte array that many sockets
/// share.
/// </summary>
/// <remarks>
/// States: open; then closing, with a reason, when the client lags, the master ends or the program stops; then ended. <see cref="EventPump"/> writes
/// batches under its lock, one at a time. The task of <see cref="Run"/> reads them, and is the only one that writes batches to the connection.
/// </remarks>
/// <param name="findConnection">Returns the connection of the socket, which exists after the handshake.</param>
internal sealed class EventSocket(Func<Stream> findConnection)
{
    /// <summary>The largest number of bytes that wait. At 5,000 events a second, these are about three seconds.</summary>
    private const int LargestBacklog = 8 * 1024 * 1024;

    private readonly Channel<byte[]> _queue = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource<(WebSocketCloseStatus Status, string Reason)> _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _waiting;

    /// <summary>Gets the patterns that the client has subscribed to. <see cref="EventPump"/> holds its lock when it uses them.</summary>
    public SortedSet<string> Patterns { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets or sets the audience of the patterns; null if there are none.</summary>
    public Audience? Audience { get; set; }

    /// <summary>Gets a task that completes when the server wants to close the socket.</summary>
    public Task<(WebSocketCloseStatus Status, string Reason)> Closing => _closing.Task;

    /// <summary>Adds a batch to the queue. Returns false if the client is too far behind. Then nothing is added.</summary>
    public bool TrySend(byte[] batch)
    {
        if (Interlocked.Add(ref _waiting, batch.Length) > LargestBacklog)
            return false;
        return _queue.Writer.TryWrite(batch);
    }

    /// <summary>Asks for the end of the socket. What waits is not sent any more.</summary>
    public void Close(WebSocketCloseStatus status, string reason)
    {
        _closing.TrySetResult((status, reason));
        _queue.Writer.TryComplete();
    }

    /// <summary>Writes batches until the socket closes.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        Stream connection = findConnection();
        while (await _queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (!_closing.Task.IsCompleted && _queue.Reader.TryRead(out byte[]? batch))
            {
                await connection.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                Interlocked.Add(ref _waiting, -batch.Length);
            }

            if (_closing.Task.IsCompleted)
                return;
        }
    }
}
