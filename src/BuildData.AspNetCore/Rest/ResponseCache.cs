using System.Collections.Concurrent;

namespace BuildData.AspNetCore.Rest;

/// <summary>Keeps whole answers while the data does not change. Thread-safe.</summary>
/// <remarks>
/// The answers belong to one version of the data (<see cref="DataApi.GetVersion"/>). The first answer of another version replaces them all, so the
/// memory is bounded by <paramref name="capacity"/>, and no answer is older than the version that its reader has asked for.
/// </remarks>
/// <param name="capacity">The maximum number of bytes of all answers together.</param>
internal sealed class ResponseCache(int capacity)
{
    // A larger answer would leave room for only a few others.
    private readonly int _largest = capacity / 16;
    private Generation _current = new("");

    /// <summary>Returns the answer for a path; null if there is none of this version.</summary>
    public byte[]? Find(string version, string path)
    {
        Generation current = Volatile.Read(ref _current);
        return current.Version == version && current.Answers.TryGetValue(path, out byte[]? answer) ? answer : null;
    }

    /// <summary>Adds an answer, unless it is too large.</summary>
    /// <param name="version">The version that was read before the data.</param>
    /// <param name="path">The data path with its query string.</param>
    /// <param name="answer">The JSON.</param>
    public void Add(string version, string path, byte[] answer)
    {
        int size = answer.Length + (2 * path.Length);
        if (size > _largest)
            return;

        Generation current = Volatile.Read(ref _current);
        if (current.Version != version || Volatile.Read(ref current.Size) + size > capacity)
        {
            var next = new Generation(version);
            if (Interlocked.CompareExchange(ref _current, next, current) != current)
                return;
            current = next;
        }

        if (current.Answers.TryAdd(path, answer))
            Interlocked.Add(ref current.Size, size);
    }

    private sealed class Generation(string version)
    {
        public readonly ConcurrentDictionary<string, byte[]> Answers = new(StringComparer.Ordinal);
        public int Size;

        public string Version => version;
    }
}
