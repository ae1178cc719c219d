using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BuildData.Torture.Fuzzing.Running;
using BuildData.Torture.Running;

namespace BuildData.Torture.Fuzzing.Instrumented;

/// <summary>Runs a target in a copy of this program whose libraries count their branches.</summary>
internal static class InstrumentedProcess
{
    // The libraries whose code the inputs are to reach. Those of others would only add noise.
    private static readonly string[] Libraries = ["BuildData.dll", "BuildData.AspNetCore.dll"];

    /// <summary>Runs a target.</summary>
    public static async Task<FuzzResult> Run(CheckRun run, string target, TimeSpan duration)
    {
        using var folder = new TempFolder();
        Copy(AppContext.BaseDirectory, folder.File("program"));
        foreach (string library in Libraries)
            SharpFuzz.Fuzzer.Instrument(Path.Combine(folder.File("program"), library), static _ => true, SharpFuzz.Options.Value);

        string result = folder.File("result.json");
        string input = folder.File("input");
        int exitCode = await Start(run, target, duration, folder, result, input);
        return File.Exists(result)
            ? JsonSerializer.Deserialize<FuzzResult>(await File.ReadAllTextAsync(result))!
            : new FuzzResult(
                new Dictionary<string, long>(),
                [new Fault("death", InputText.Format(CurrentInput.Read(input)), $"The process died with exit code {exitCode}.")]);
    }

    private static async Task<int> Start(CheckRun run, string target, TimeSpan duration, TempFolder folder, string result, string input)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(folder.File("program"), "BuildData.Torture.dll"), FuzzProcess.Name, target, "--seed", run.Settings.Seed.ToString(CultureInfo.InvariantCulture),
                "--duration", duration.ToString("c", CultureInfo.InvariantCulture), "--result", result, "--input", input,
            },
        };
        if (Directory.Exists(Corpus.Folder))
        {
            start.ArgumentList.Add("--corpus");
            start.ArgumentList.Add(Path.GetFullPath(Path.Combine(Corpus.Folder, target + ".txt")));
        }

        // An input that wants all memory of the machine must not get it.
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x80000000";
        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
