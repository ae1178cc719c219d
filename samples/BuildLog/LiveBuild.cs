using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace BuildData.Samples.BuildLog;

/// <summary>A build that runs while it is read.</summary>
internal sealed class LiveBuild(string project) : IBuildLog
{
    /// <summary>What makes a build's console output a log that can be read.</summary>
    public static readonly IReadOnlyList<string> Options =
        ["--nologo", "-tl:off", "-v:detailed", "-clp:ShowTimestamp;EnableMPLogging;DisableConsoleColor;ForceNoAlign"];

    public string Builder => $"dotnet build {Path.GetFileNameWithoutExtension(project)}";

    public string Reason => $"dotnet build {Path.GetFullPath(project)}";

    public TimeProvider Clock => TimeProvider.System;

    public BuildResult Outcome { get; private set; } = BuildResult.Exception;

    public IAsyncEnumerable<LogEvent> Read(CancellationToken stop) =>
        new LogReader(Clock.GetLocalNow()).Read(Lines(stop));

    private async IAsyncEnumerable<string> Lines([EnumeratorCancellation] CancellationToken stop)
    {
        // A node that stays on for the next build would keep the output open.
        var info = new ProcessStartInfo("dotnet", ["build", project, .. Options, "-nodeReuse:false"])
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_CLI_UI_LANGUAGE"] = "en" },
        };
        using Process process = Process.Start(info) ?? throw new InvalidOperationException("dotnet did not start.");
        try
        {
            while (await process.StandardOutput.ReadLineAsync(stop) is { } line)
                yield return line;

            await process.WaitForExitAsync(stop);
            Outcome = process.ExitCode == 0 ? BuildResult.Success : BuildResult.Failure;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
