namespace BuildData.TestSupport;

/// <summary>
/// Counts the messages that clients send through a proxy, and makes connections half-open behind one of them: the server has
/// received exactly what was sent until then, and neither side notices.
/// </summary>
/// <param name="proxy">The proxy.</param>
/// <param name="after">Behind which message, from 1; null to count only.</param>
/// <param name="isWholeHost">Whether all connections become half-open, as if the client's machine had vanished, or only that of the message.</param>
internal sealed class MessageCut(PostgreSqlProxy proxy, int? after, bool isWholeHost)
{
    private readonly Lock _lock = new();
    private readonly List<char> _types = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The types of the messages that were counted.</summary>
    public string Types
    {
        get
        {
            lock (_lock)
                return new string([.. _types]);
        }
    }

    /// <summary>Completes when the message has been sent to the server.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Counts a message; true if it is the last one that is to be sent.</summary>
    public bool Count(ProxyLink link, char type)
    {
        // Connections that only listen send something now and then.
        if (link.HasSent(PostgreSqlProxy.Listens))
            return false;

        lock (_lock)
        {
            if (_types.Count == after)
                return false;
            _types.Add(type);
            if (_types.Count != after)
                return false;

            if (isWholeHost)
                proxy.HalfOpen();
            else
                link.HalfOpen();
            return true;
        }
    }

    /// <summary>Called when the message has been sent.</summary>
    public void Finish() => _finished.TrySetResult();
}
