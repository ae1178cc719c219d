using System.Diagnostics;

namespace BuildData.Torture.Tests;

/// <summary>A check runs as a command, in a process where nothing else has used the library before.</summary>
internal sealed class OwnProcessTests
{
    [TestCase("handovers")]
    [TestCase("histories")]
    [TestCase("kill")]
    [CancelAfter(120_000)]
    public async Task Check_AsACommand_FindsNoViolation(string check, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "BuildData.Torture.dll"), check, "--rounds", "1", "--seed", "1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration kill = cancellationToken.Register(process.Kill);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);

        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);

        await process.WaitForExitAsync(cancellationToken);
        (process.ExitCode, await errors).Should().Be((0, ""), output);
        output.Should().EndWith("No violation.\n");
    }
}
