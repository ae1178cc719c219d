using System.Diagnostics;

namespace BuildData.Tests;

/// <summary>A process that has a store open, which a test can stop or kill.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly Process _process;

    private TestHost(Process process) => _process = process;

    private StreamReader Output => _process.StandardOutput;

    /// <summary>Gets the path of the program that the process runs.</summary>
    public static string Program => Path.Combine(AppContext.BaseDirectory, "BuildData.TestHost.dll");

    /// <summary>Starts a process and waits until it has the store open.</summary>
    public static Task<TestHost> Start(string mode, string database, params IEnumerable<string> more) => Start(mode, [database, .. more], []);

    /// <summary>Starts a process with environment variables and waits until it has the store open.</summary>
    public static async Task<TestHost> Start(string mode, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Program, mode, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        var host = new TestHost(Process.Start(start)!);
        try
        {
            (await host.ReadLine()).Should().Be("open");
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns the next line that the process prints.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public async Task<string> ReadLine()
    {
        using var patience = new CancellationTokenSource(Given.Patience);
        return await Output.ReadLineAsync(patience.Token)
            ?? throw new InvalidOperationException($"The process has ended: {await _process.StandardError.ReadToEndAsync(patience.Token)}");
    }

    /// <summary>
    /// Ends the process, as a crash does, when it has printed some lines, and returns all that it has printed. Lines, unlike a time, mean the
    /// same on a slow machine.
    /// </summary>
    public async Task<string[]> KillAfter(int lines)
    {
        var printed = new List<string>();
        while (printed.Count < lines)
            printed.Add(await ReadLine());
        return [.. printed, .. await Kill()];
    }

    /// <summary>Ends the process at once, as a crash does, and returns what it has printed.</summary>
    public async Task<string[]> Kill()
    {
        _process.Kill();
        string rest = await Output.ReadToEndAsync();
        await _process.WaitForExitAsync();

        // The last line may have been cut short.
        return rest.Split('\n')[..^1];
    }

    /// <summary>Tells the process to begin, and returns all that it prints until it ends.</summary>
    /// <exception cref="InvalidOperationException">The process has printed an error.</exception>
    public async Task<string[]> Run()
    {
        await _process.StandardInput.WriteLineAsync();
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        string output = await Output.ReadToEndAsync();
        await _process.WaitForExitAsync();
        if ((await errors).Length > 0)
            throw new InvalidOperationException($"The process failed: {await errors}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async Task Stop()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.WaitForExitAsync().WaitAsync(Given.Patience);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await Kill();
        _process.Dispose();
    }
}
