using System.CommandLine;
using System.Diagnostics;
using BuildData.Torture.Kill;
using BuildData.Torture.Model;
using BuildData.Torture.Running;

namespace BuildData.Torture.Servers;

/// <summary>A master in a process of its own. It writes until it is killed or told to stop, and prints a journal of its calls.</summary>
internal sealed class MasterProcess : IAsyncDisposable
{
    private const string CommandName = "write-on-server";
    private const string Opened = "opened";

    private static readonly TimeSpan TimeToOpen = TimeSpan.FromSeconds(60);

    private static readonly Option<string> Database = new("--postgresql") { Required = true };
    private static readonly Option<string> MasterName = new("--master") { Required = true };
    private static readonly Option<string> Prefix = new("--prefix") { Required = true };
    private static readonly Option<int> Seed = new("--seed") { Required = true };

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private MasterProcess(Process process)
    {
        _process = process;
        _reading = Task.Run(Read);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Gets the calls of each project. The process must have ended.</summary>
    public Dictionary<string, List<Call>> Calls => JournalReader.Read(_lines);

    /// <summary>Creates the command that is such a process.</summary>
    public static Command CreateCommand()
    {
        var command = new Command(CommandName, "Writes until it is killed or told to stop. The checks start it.") { Database, MasterName, Prefix, Seed };
        command.Hidden = true;
        command.SetAction(async (result, cancellationToken) =>
        {
            await using Master master = await Master.Open(options => ServerMaster.Configure(options, result.GetValue(Database)!, result.GetValue(MasterName)!), cancellationToken);
            var journal = new Journal(Console.OpenStandardOutput());
            journal.Write(Opened);
            var settings = new LoadSettings(result.GetValue(Prefix)!, result.GetValue(Seed)) { ProjectsAtOnce = 2, CallersOfProject = 2 };
            ProjectLoad load = ProjectLoad.Start([master], journal.For, settings);
            await Task.WhenAny(Console.In.ReadLineAsync(cancellationToken).AsTask(), load.Running);
            await load.Stop(Arena.Patience);
            await ServerMaster.AwaitWorking(master, Arena.Patience);
        });
        return command;
    }

    /// <summary>Starts such a process, and waits until it has opened the store.</summary>
    /// <param name="connectionString">Leads to the database.</param>
    /// <param name="name">The name of the master. The names of its projects begin with it.</param>
    /// <param name="seed">The number that the choices come from.</param>
    /// <param name="launcher">The command that starts it, with arguments; empty to start it directly.</param>
    public static async Task<MasterProcess> Start(string connectionString, string name, int seed, params string[] launcher)
    {
        string[] command =
            [.. launcher, "dotnet", typeof(MasterProcess).Assembly.Location, CommandName, "--postgresql", connectionString, "--master", name, "--prefix", name, "--seed", $"{seed}"];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = new MasterProcess(Process.Start(start)!);
        await Task.WhenAny(process._opened.Task, process._reading, Task.Delay(TimeToOpen));
        if (process._opened.Task.IsCompleted)
            return process;
        await process.DisposeAsync();
        throw new ViolationException($"The process has not opened the store: {await process._errors}");
    }

    /// <summary>Kills it.</summary>
    public async Task Kill()
    {
        if (_process.HasExited)
            throw new ViolationException($"The process ended by itself: {await _errors}");
        _process.Kill();
        await _reading;
    }

    /// <summary>Lets it end its calls, prove that it works, and close the store.</summary>
    public async Task Stop()
    {
        try
        {
            await _process.StandardInput.WriteLineAsync("stop");
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended, which is reported below.
        }

        using var end = new CancellationTokenSource(3 * Arena.Patience);
        try
        {
            await _process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ViolationException("A process has not closed its master.");
        }

        await _reading;
        if (_process.ExitCode != 0 || (await _errors).Length > 0)
            throw new ViolationException($"A process failed with {_process.ExitCode}: {await _errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _reading;
        _process.Dispose();
    }

    private async Task Read()
    {
        var text = new System.Text.StringBuilder();
        char[] buffer = new char[16_384];
        int length;
        while ((length = await _process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            text.Append(buffer, 0, length);
            string[] lines = text.ToString().Split('\n');

            // The last line is empty, or was cut off if nothing follows.
            text.Clear().Append(lines[^1]);
            foreach (string line in lines[..^1])
            {
                if (line == Opened)
                    _opened.TrySetResult();
                else
                    _lines.Add(line);
            }
        }
    }
}
