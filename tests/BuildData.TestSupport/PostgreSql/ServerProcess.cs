using System.Diagnostics;

namespace BuildData.TestSupport;

/// <summary>The process of a server. It ends, and its folder is removed, when the tests end, however they end.</summary>
internal sealed class ServerProcess
{
    // The shell becomes the server. What it leaves in the background passes a signal on when it is told to, and when there is
    // nobody left to tell it, however the tests ended, it ends the server and removes its folder.
    private const string Script = """
        exec 3<&0 < /dev/null >> "$0/log" 2>&1
        ( (if read -r signal <&3; then kill -s "$signal" $$; else kill -s QUIT $$; sleep 1; rm -rf "$0"; fi) & )
        exec "$@" 3<&-
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Stopwatch _age = Stopwatch.StartNew();
    private readonly TempFolder _folder;
    private readonly Process _process;

    private ServerProcess(TempFolder folder, Process process) => (_folder, _process) = (folder, process);

    public bool HasExited => _process.HasExited;

    /// <summary>Whether it has had enough time to start, and has not.</summary>
    public bool IsLate => _age.Elapsed > Patience;

    /// <summary>Starts a program as the servers' account.</summary>
    /// <param name="folder">Where it works, and where its log is.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ServerProcess Start(TempFolder folder, string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo command = ServerAccount.Command("/bin/sh", ["-c", Script, folder.Path, program, .. arguments]);

        // The folder that the tests run in may be closed to the server's account.
        command.WorkingDirectory = folder.Path;
        command.RedirectStandardInput = true;
        return new ServerProcess(folder, Process.Start(command)!);
    }

    /// <summary>Returns what it has written to its log.</summary>
    public Task<string> Log() => File.ReadAllTextAsync(_folder.File("log"));

    /// <summary>Sends it a signal that ends it, and waits for its end.</summary>
    public async Task End(string signal)
    {
        using (_process)
        {
            await _process.StandardInput.WriteLineAsync(signal);
            await _process.StandardInput.FlushAsync();
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
    }

    /// <summary>Sends it a signal that does not end it.</summary>
    public Task Signal(string signal) => ServerAccount.Run(new ProcessStartInfo("kill", ["-s", signal, $"{_process.Id}"]));
}
