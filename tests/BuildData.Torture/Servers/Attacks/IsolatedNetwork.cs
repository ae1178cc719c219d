using System.Diagnostics;
using BuildData.Torture.Running;

namespace BuildData.Torture.Servers.Attacks;

/// <summary>A network namespace of a check's own that is connected with this machine by a cable which can be pulled. It is removed afterwards.</summary>
internal sealed class IsolatedNetwork : IAsyncDisposable
{
    // Addresses that are reserved for measurements between networks, so no machine has them.
    private const string Subnet = "198.18.77";

    /// <summary>The address of this machine at its end of the cable.</summary>
    public const string Host = $"{Subnet}.1";

    /// <summary>The addresses of both ends.</summary>
    public const string Range = $"{Subnet}.0/30";

    private readonly string _name = $"bd{Environment.ProcessId}";

    private IsolatedNetwork()
    {
    }

    /// <summary>Gets why there can be none; null if there can be.</summary>
    public static string? Missing { get; } = !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess
        ? "A network namespace needs Linux and the superuser."
        : Environment.GetEnvironmentVariable("PATH")!.Split(':').Append("/usr/sbin").Any(folder => File.Exists(Path.Combine(folder, "ip"))) ? null : "The program ip is not on this machine.";

    /// <summary>Gets what starts a program in the namespace.</summary>
    public string[] Launcher => ["ip", "netns", "exec", _name];

    private string OuterEnd => $"{_name}o";

    private string InnerEnd => $"{_name}i";

    /// <summary>Creates a namespace.</summary>
    public static async Task<IsolatedNetwork> Create()
    {
        var network = new IsolatedNetwork();
        try
        {
            await Ip("netns", "add", network._name);
            await Ip("link", "add", network.OuterEnd, "type", "veth", "peer", "name", network.InnerEnd, "netns", network._name);
            await Ip("addr", "add", $"{Subnet}.1/30", "dev", network.OuterEnd);
            await Ip("link", "set", network.OuterEnd, "up");
            await Ip("-n", network._name, "addr", "add", $"{Subnet}.2/30", "dev", network.InnerEnd);
            await Ip("-n", network._name, "link", "set", network.InnerEnd, "up");
            await Ip("-n", network._name, "link", "set", "lo", "up");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pulls the cable at one of its ends, or plugs it in again.</summary>
    public Task Set(bool isConnected, bool atHost) => atHost
        ? Ip("link", "set", OuterEnd, isConnected ? "up" : "down")
        : Ip("-n", _name, "link", "set", InnerEnd, isConnected ? "up" : "down");

    public async ValueTask DisposeAsync()
    {
        // The cable ends with the namespace.
        await Run("ip", "netns", "del", _name);
    }

    private static async Task Ip(params string[] arguments)
    {
        if (await Run("ip", arguments) is { Length: > 0 } error)
            throw new ViolationException($"ip {string.Join(' ', arguments)} failed: {error}");
    }

    private static async Task<string?> Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : error + process.ExitCode;
    }
}
