using BuildData.AspNetCore.Answers;

namespace BuildData.AspNetCore.Live;

/// <summary>
/// Represents the sockets that have the same patterns, and therefore receive the same bytes. Collects the messages of a batch. Not thread-safe:
/// <see cref="EventPump"/> holds its lock.
/// </summary>
/// <param name="patterns">The patterns of the sockets, in ordinal order.</param>
internal sealed class Audience(string[] patterns)
{
    private PooledBuffer? _batch;

    public IReadOnlyList<string> Patterns => patterns;

    public HashSet<EventSocket> Sockets { get; } = [];

    /// <summary>Gets the number of bytes of the batch.</summary>
    public int BatchSize => _batch?.WrittenCount ?? 0;

    public void Append(ReadOnlySpan<byte> frame)
    {
        _batch ??= new PooledBuffer();
        frame.CopyTo(_batch.GetSpan(frame.Length));
        _batch.Advance(frame.Length);
    }

    /// <summary>Hands the batch to all sockets, as the same bytes, and begins a new one.</summary>
    /// <returns>The sockets that lag too far behind.</returns>
    public List<EventSocket> Send()
    {
        List<EventSocket> lagging = [];
        if (_batch is null)
            return lagging;

        byte[] batch = _batch.WrittenMemory.ToArray();
        _batch.Dispose();
        _batch = null;
        foreach (EventSocket socket in Sockets)
        {
            if (!socket.TrySend(batch))
                lagging.Add(socket);
        }

        return lagging;
    }
}
