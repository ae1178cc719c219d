using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace BuildData.Benchmarks;

/// <summary>A process of a race, seen from the one that started it.</summary>
internal sealed class RacerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private RacerProcess(Process process) => _process = process;

    public static async Task<RacerProcess> Start(RacerStart start)
    {
        string program = Environment.ProcessPath!;
        var info = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            info.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        info.ArgumentList.Add("racer");
        var racer = new RacerProcess(Process.Start(info)!);
        try
        {
            await racer.Ask(start);
            return racer;
        }
        catch
        {
            await racer.DisposeAsync();
            throw;
        }
    }

    public Task<Latencies> Turn(RacerTurn turn) => Ask(turn);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<Latencies> Ask<T>(T message)
    {
        if (!_process.HasExited)
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(message));
            await _process.StandardInput.FlushAsync();
        }

        if (await _process.StandardOutput.ReadLineAsync() is { } answer)
            return new Latencies { Counts = JsonSerializer.Deserialize<long[]>(answer)! };

        await _process.WaitForExitAsync();
        throw new InvalidOperationException($"A process of the race has ended with exit code {_process.ExitCode}. Its error, if it had one, is above.");
    }
}
