using System.Diagnostics;
using System.Globalization;

namespace BuildData.Benchmarks;

/// <summary>Represents a process that runs a <see cref="Claimer"/>.</summary>
internal sealed class ClaimerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ClaimerProcess(Process process) => _process = process;

    public static async Task<ClaimerProcess> Start(string connection, string masterName, int workers)
    {
        var process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath!, [Environment.GetCommandLineArgs()[0], "claimer", connection, masterName, workers.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var started = new ClaimerProcess(process);
        await process.StandardOutput.ReadLineAsync();
        return started;
    }

    public async Task<ClaimedRequest[]> Take(string method, long builder)
    {
        await _process.StandardInput.WriteLineAsync($"{method} {builder}");
        var claimed = new List<ClaimedRequest>();
        while (await _process.StandardOutput.ReadLineAsync() is { Length: > 0 } line)
        {
            long[] numbers = [.. line.Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
            claimed.Add(new ClaimedRequest(numbers[0], numbers[1], numbers[2]));
        }

        return [.. claimed];
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
