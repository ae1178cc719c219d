using System.Text.RegularExpressions;

namespace BuildData.Tests;

/// <summary>The sample WebHost as a process that listens on a free port.</summary>
internal sealed partial class WebHostProcess : IAsyncDisposable
{
    private readonly SampleProcess _process;

    private WebHostProcess(SampleProcess process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address };
    }

    public HttpClient Client { get; }

    /// <summary>Gets the numbers of the builds that the program has notified of, in this order.</summary>
    public IEnumerable<string> NotifiedBuilds => FirstGroups(Finished());

    /// <summary>Gets the names of the activities that the program has printed.</summary>
    public IEnumerable<string> PrintedActivities => FirstGroups(ActivityName());

    /// <summary>Starts the program and waits until it listens.</summary>
    public static async Task<WebHostProcess> Start(TempFolder folder, TimeSpan buildDuration, params IEnumerable<string> more)
    {
        SampleProcess process = SampleProcess.Start(
            "WebHost", folder, ["--urls=http://127.0.0.1:0", "--BuildInterval=00:00:00.010", $"--BuildDuration={buildDuration:c}", .. more]);
        try
        {
            Match listening = await process.ReadUntil(Listening());
            return new WebHostProcess(process, new Uri(listening.Groups[1].Value));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the program has notified of so many further builds.</summary>
    public async Task WaitForBuilds(int count)
    {
        for (int i = 0; i < count; i++)
            await _process.ReadUntil(Finished());
    }

    /// <summary>Waits until a step runs, by asking again and again.</summary>
    public async Task WaitForRunningStep()
    {
        string steps;
        do
            steps = await Client.GetStringAsync("/api/v2/steps?started_at__gt=0&limit=1");
        while (steps.StartsWith("""{"steps":[]""", StringComparison.Ordinal));
    }

    /// <summary>Ends the program as a service manager does, and returns its exit code.</summary>
    public async Task<int> Stop()
    {
        await _process.SendSigTerm();
        return await _process.WaitForEnd();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    private IEnumerable<string> FirstGroups(Regex pattern) =>
        _process.Output.Select(line => pattern.Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    [GeneratedRegex("Now listening on: (.+)$")]
    private static partial Regex Listening();

    [GeneratedRegex(@"Build (\d+) finished")]
    private static partial Regex Finished();

    [GeneratedRegex(@"^Activity\.DisplayName: +(.+)$")]
    private static partial Regex ActivityName();
}
