using System.Diagnostics;

namespace BuildData.TestSupport;

/// <summary>Who runs the server's programs: PostgreSQL refuses to be run by the superuser.</summary>
internal static class ServerAccount
{
    // Null if we may run them ourselves. The user and group stand in "name:password:user:group:…".
    private static readonly string[]? Other = Environment.IsPrivilegedProcess
        ? File.ReadLines("/etc/passwd").Select(line => line.Split(':'))
            .Where(fields => fields[0] is "postgres" or "nobody")
            .OrderBy(fields => fields[0] is "nobody")
            .First()
        : null;

    /// <summary>The command that runs a program; the process that begins with it becomes the program.</summary>
    public static ProcessStartInfo Command(string program, params IEnumerable<string> arguments) =>
        Other is null
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo("setpriv", [$"--reuid={Other[2]}", $"--regid={Other[3]}", "--clear-groups", program, .. arguments]);

    /// <summary>Gives a folder to whoever runs the programs.</summary>
    public static async Task Own(string folder)
    {
        if (Other is not null)
            await Run(new ProcessStartInfo("chown", [$"{Other[2]}:{Other[3]}", folder]));
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task Run(ProcessStartInfo command)
    {
        command.RedirectStandardOutput = true;
        command.RedirectStandardError = true;
        using Process process = Process.Start(command)!;
        string[] output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command.FileName} failed with {process.ExitCode}: {string.Concat(output)}");
    }
}
