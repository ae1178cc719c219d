using System.Diagnostics;
using System.Globalization;
using BuildData.Torture.PowerCut.Load;

namespace BuildData.Torture.PowerCut.Recording;

/// <summary>Compiles the recorder, and runs the load in a process that it records.</summary>
internal static class Recorder
{
    /// <summary>The name of the file that the process writes its marks to.</summary>
    public const string Marks = "marks";

    private static readonly string[] Compilers = ["cc", "gcc", "clang"];

    /// <summary>Gets whether this machine can record: it has Linux, and a C compiler.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && FindCompiler() is not null;

    /// <summary>Runs the load, and returns what it did to the files below a folder.</summary>
    /// <param name="folder">A new folder, which stays as the load leaves it.</param>
    /// <param name="settings">The load.</param>
    /// <param name="syncTime">How long a sync takes at least.</param>
    /// <param name="workFolder">A folder for the recorder and its trace.</param>
    public static Task<List<TraceRecord>> Run(string folder, LoadSettings settings, TimeSpan syncTime, string workFolder) =>
        Run(folder, [LoadProcess.Name, folder, .. settings.ToArguments()], syncTime, workFolder);

    /// <summary>Runs a command of this program, and returns what it did to the files below a folder.</summary>
    /// <param name="folder">A new folder, which stays as the process leaves it.</param>
    /// <param name="command">The command and its arguments.</param>
    /// <param name="syncTime">How long a sync takes at least.</param>
    /// <param name="workFolder">A folder for the recorder and its trace.</param>
    public static async Task<List<TraceRecord>> Run(string folder, IEnumerable<string> command, TimeSpan syncTime, string workFolder)
    {
        string library = await Compile(workFolder);
        string trace = Path.Combine(workFolder, "trace");
        var start = new ProcessStartInfo("dotnet", [typeof(Recorder).Assembly.Location, .. command])
        {
            RedirectStandardError = true,
        };
        start.Environment["LD_PRELOAD"] = library;
        start.Environment["POWERCUT_FOLDER"] = folder;
        start.Environment["POWERCUT_TRACE"] = trace;
        start.Environment["POWERCUT_MARKS"] = Path.Combine(folder, Marks);
        start.Environment["POWERCUT_DELAY"] = ((int)syncTime.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
        await RunProcess(start);
        List<TraceRecord> records = TraceReader.Read(trace);
        File.Delete(trace);
        return records;
    }

    private static async Task<string> Compile(string workFolder)
    {
        string library = Path.Combine(workFolder, "recorder.so");
        if (File.Exists(library))
            return library;
        string source = Path.Combine(workFolder, "recorder.c");
        await using (Stream text = typeof(Recorder).Assembly.GetManifestResourceStream("recorder.c")!)
        await using (FileStream copy = File.Create(source))
            await text.CopyToAsync(copy);
        string compiler = FindCompiler() ?? throw new InvalidOperationException("There is no C compiler.");
        await RunProcess(new ProcessStartInfo(compiler, ["-O2", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"]) { RedirectStandardError = true });
        return library;
    }

    private static string? FindCompiler() =>
        Compilers.SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    private static async Task RunProcess(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{start.FileName} has failed: {errors}");
    }
}
