using System.Diagnostics;

namespace BuildData.Benchmarks.Logs;

/// <summary>Appends to one file for each step, and flushes the file to the disk each 250 ms.</summary>
internal sealed class FileLogs(string folder) : ILogContender
{
    private static readonly TimeSpan FlushTime = TimeSpan.FromMilliseconds(250);

    private int _files;

    public string Name => "files, fsync each 250 ms";

    public async Task Write(int step, IReadOnlyList<string> lines)
    {
        await using var file = new FileStream(Path.Combine(folder, $"{Interlocked.Increment(ref _files)}.log"), FileMode.CreateNew);
        await using var writer = new StreamWriter(file, bufferSize: 65_536) { NewLine = "\n" };
        long flushed = Stopwatch.GetTimestamp();
        foreach (string line in lines)
        {
            await writer.WriteLineAsync(line);
            if (Stopwatch.GetElapsedTime(flushed) < FlushTime)
                continue;
            await writer.FlushAsync();
            file.Flush(flushToDisk: true);
            flushed = Stopwatch.GetTimestamp();
        }

        await writer.FlushAsync();
        file.Flush(flushToDisk: true);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
