using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>
/// The process can open no more files now and then. It runs in a process of its own, which first loads and runs all code, and starts all threads:
/// the runtime ends a process that has no handles for that.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="random">The random numbers.</param>
internal sealed class ExhaustedHandles(CheckRun run, Random random) : FileTrouble
{
    /// <summary>The part that runs in that process.</summary>
    public const string LimitedPart = "handles-limited";

    private const int RoundsOfProcess = 8;
    private const int Threads = 16;

    /// <inheritdoc cref="ChangedFiles.ParentFolder"/>
    public override string? ParentFolder => Directory.Exists("/dev/shm") ? "/dev/shm" : null;

    /// <summary>Runs rounds in a process of its own.</summary>
    /// <exception cref="ViolationException">The process has found a violation, or has ended in another way.</exception>
    public static async Task RunProcess(CheckRun run, int seed)
    {
        var start = new ProcessStartInfo(
            "dotnet", [typeof(ExhaustedHandles).Assembly.Location, "files", "--only", LimitedPart, "--rounds", $"{RoundsOfProcess}", "--seed", $"{seed}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Otherwise the runtime itself needs handles for the code that it compiles, and for tools that attach to it.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_ThreadPool_ThreadsToKeepAlive"] = $"{Threads:x}";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if ((await errors).Contains("Out of memory.", StringComparison.Ordinal))
        {
            // The runtime itself ends without handles, now and then. That says nothing about the library.
            run.Count("processes that the runtime has ended");
            return;
        }

        if (process.ExitCode != 0)
            throw new ViolationException($"A process without file handles has exited with {process.ExitCode}: {output}{await errors}");
        run.Count("processes without file handles");
        foreach (string[] figure in output.Split('\n').Select(line => line.Split(": ")))
        {
            if (figure is [var name, var value] && long.TryParse(value, NumberStyles.AllowThousands, CultureInfo.CurrentCulture, out long amount) && name != "files: seed")
                run.Count(name, amount);
        }
    }

    /// <summary>Runs the rounds of that process. Without handles, code can't be loaded. So all is loaded, and run in two rounds, before.</summary>
    public static async Task RunLimited(CheckRun run)
    {
        LoadAssemblies(typeof(ExhaustedHandles).Assembly, []);
        await StartThreads();
        var warmUp = new CheckRun(run.Settings, TextWriter.Null);
        await new FileRound(warmUp, run.Random(-1), new ChangedChunks(warmUp, run.Random(-1))).Run();
        await new FileRound(warmUp, run.Random(-2), new ExhaustedHandles(warmUp, run.Random(-2))).Run();
        while (run.Begin(out int round))
            await new FileRound(run, run.Random(round), new ExhaustedHandles(run, run.Random(round))).Run();
    }

    public override async Task Make(string file, Master master, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            ulong limit = HandleLimit.Lower(random.Next(3));
            try
            {
                await Task.Delay(random.Next(1, 20), CancellationToken.None);
                await TryBackup(file, master);
            }
            finally
            {
                HandleLimit.Restore(limit);
            }

            run.Count("times without file handles");
            await Task.Delay(random.Next(1, 40), CancellationToken.None);
        }
    }

    /// <summary>Backs up the file, which needs new handles.</summary>
    private async Task TryBackup(string file, Master master)
    {
        string backup = $"{file}-backup-{random.Next()}";
        try
        {
            await master.BackupTo(backup);
            run.Count("backups in spite of it");
        }
        catch (StoreException)
        {
            run.Count("backups that failed");
            if (File.Exists(backup))
                throw new ViolationException("A backup has failed, but its file is there.");
        }
        catch (Exception error) when (error is not ViolationException)
        {
            throw new ViolationException($"A backup fails with an error that is not documented: {error}");
        }
    }

    /// <summary>Starts all threads that the pool may have. If it can't start one that it wants, the runtime ends the process.</summary>
    private static async Task StartThreads()
    {
        ThreadPool.SetMinThreads(Threads, Threads);
        ThreadPool.SetMaxThreads(Threads, Threads);
        using var started = new CountdownEvent(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            started.Signal();
            started.Wait();
        })));
    }

    private static void LoadAssemblies(Assembly assembly, HashSet<string> loaded)
    {
        foreach (AssemblyName name in assembly.GetReferencedAssemblies().Where(name => loaded.Add(name.FullName)))
        {
            try
            {
                LoadAssemblies(Assembly.Load(name), loaded);
            }
            catch (FileNotFoundException)
            {
                // A package refers to an assembly that is not needed, and not there.
            }
        }
    }
}
