using System.Collections.Concurrent;

namespace BuildData.Tests;

/// <summary>Stores chunks of logs in memory. Can be told to fail, as a full disk does.</summary>
internal sealed class RecordingLogStore : ILogChunkStore
{
    private readonly ConcurrentDictionary<LogChunkKey, byte[]> _chunks = new();

    public int Count => _chunks.Count;

    public bool Fails { get; set; }

    public Task Write(LogChunkKey key, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (Fails)
            throw new IOException("There is no room.");
        _chunks[key] = content.ToArray();
        return Task.CompletedTask;
    }

    public Task<byte[]?> Read(LogChunkKey key, CancellationToken cancellationToken) => Task.FromResult(_chunks.GetValueOrDefault(key));

    public Task DeleteLog(long logId, CancellationToken cancellationToken)
    {
        foreach (LogChunkKey key in _chunks.Keys.Where(key => key.LogId == logId))
            _chunks.TryRemove(key, out _);
        return Task.CompletedTask;
    }
}
