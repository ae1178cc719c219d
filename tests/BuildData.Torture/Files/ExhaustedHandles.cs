using System.Diagnostics;
using BuildData.Torture.Running;

namespace BuildData.Torture.Files;

/// <summary>The process has no file handles left now and then. It runs in a process of its own with a low limit.</summary>
/// <param name="random">The random numbers.</param>
internal sealed class ExhaustedHandles(Random random) : FileTrouble
{
    /// <summary>The part that runs in that process.</summary>
    public const string LimitedPart = "handles-limited";

    private const int Limit = 400;

    /// <summary>Runs a round in a process of its own.</summary>
    /// <exception cref="ViolationException">The process has found a violation, or has ended in another way.</exception>
    public static async Task RunLimited(CheckRun run, int seed)
    {
        var start = new ProcessStartInfo(
            "prlimit", [$"--nofile={Limit}:{Limit}", "dotnet", typeof(ExhaustedHandles).Assembly.Location, "files", "--only", LimitedPart, "--rounds", "2", "--seed", $"{seed}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Otherwise the runtime itself needs handles for the code that it compiles, and ends without them.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
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
            throw new ViolationException($"A process without file handles: {output}{await errors}");
        run.Count("processes without file handles");
        foreach (string[] figure in output.Split('\n').Select(line => line.Split(": ")).Where(parts => parts[0].StartsWith("calls", StringComparison.Ordinal)))
            run.Count(figure[0], long.Parse(figure[1], System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.CurrentCulture));
    }

    public override async Task Make(string file, Master master, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            List<FileStream> handles = TakeAll();
            await Task.Delay(random.Next(1, 20), CancellationToken.None);
            foreach (FileStream handle in handles)
                await handle.DisposeAsync();
            await Task.Delay(random.Next(1, 40), CancellationToken.None);
        }
    }

    private static List<FileStream> TakeAll()
    {
        var handles = new List<FileStream>();
        try
        {
            while (true)
                handles.Add(File.OpenRead("/dev/null"));
        }
        catch (IOException)
        {
            return handles;
        }
    }
}
