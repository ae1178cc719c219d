using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace BuildData.Tests;

/// <summary>A sample that runs as a process of its own, with a folder of the test as its current folder.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _output = [];
    private readonly Process _process;
    private readonly Task<string> _errors;

    private SampleProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
                _lines.Writer.Complete();
            else
                _lines.Writer.TryWrite(e.Data);
        };
        process.BeginOutputReadLine();
    }

    /// <summary>Gets the lines that were read until now.</summary>
    public IReadOnlyList<string> Output => _output;

    public static SampleProcess Start(string sample, TempFolder folder, params IEnumerable<string> arguments) =>
        new(Process.Start(new ProcessStartInfo("dotnet", [ProgramOf(sample), .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);

    /// <summary>Reads lines until one matches, and returns the match.</summary>
    /// <exception cref="InvalidOperationException">The process has ended without such a line.</exception>
    public async Task<Match> ReadUntil(Regex pattern)
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        while (await _lines.Reader.WaitToReadAsync(patience.Token))
        {
            string line = await _lines.Reader.ReadAsync(patience.Token);
            _output.Add(line);
            if (pattern.Match(line) is { Success: true } match)
                return match;
        }

        throw new InvalidOperationException($"The process has ended without a line like '{pattern}': {string.Join('\n', _output)}\n{await _errors}");
    }

    /// <summary>Writes a line to the input of the process, as a person types it.</summary>
    public async Task Type(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Kills the process and all processes that it has started, as a crash of the machine does.</summary>
    public async Task Kill()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Asks the process to end, as a service manager does.</summary>
    public async Task SendSigTerm()
    {
        using Process kill = Process.Start("kill", ["-s", "TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        kill.ExitCode.Should().Be(0);
    }

    /// <summary>Reads all lines that are left, waits until the process has ended, and returns its exit code.</summary>
    public async Task<int> WaitForEnd()
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        await foreach (string line in _lines.Reader.ReadAllAsync(patience.Token))
            _output.Add(line);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await Kill();
        _process.Dispose();
    }

    /// <summary>Returns the program of a sample. It is built with the tests, for the same configuration.</summary>
    private static string ProgramOf(string sample)
    {
        string built = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "BuildData.Tests"), AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "samples", sample, built, $"{sample}.dll");
    }
}
