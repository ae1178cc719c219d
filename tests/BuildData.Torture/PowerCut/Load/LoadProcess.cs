using System.CommandLine;
using BuildData.Torture.PowerCut.Recording;

namespace BuildData.Torture.PowerCut.Load;

/// <summary>The process that is recorded: a lone caller, several callers at once, and a lone caller after the store was opened again.</summary>
internal static class LoadProcess
{
    /// <summary>The name of its command.</summary>
    public const string Name = "power-cut-load";

    private const int Callers = 6;

    // The lines of some logs are removed while the process runs.
    private static readonly TimeSpan LogsKept = TimeSpan.FromSeconds(1);

    /// <summary>Gets the command.</summary>
    public static Command Command
    {
        get
        {
            var arguments = new Argument<string[]>("arguments");
            var command = new Command(Name, "Runs updates in a folder. The check 'power-cut' starts and records it.") { Hidden = true };
            command.Add(arguments);
            command.SetAction((result, _) =>
            {
                string[] values = result.GetValue(arguments)!;
                return Run(values[0], LoadSettings.FromArguments(values[1..]));
            });
            return command;
        }
    }

    private static async Task Run(string folder, LoadSettings settings)
    {
        using var acknowledgements = new Acknowledgements(Path.Combine(folder, Recorder.Marks));
        await using (Master master = await Open(folder, settings))
        {
            acknowledgements.Opened();
            await Run(master, acknowledgements, settings, callers: 1, upTo: settings.Updates * 4 / 10);
            await Run(master, acknowledgements, settings, Callers, upTo: settings.Updates * 8 / 10);
        }

        await using Master again = await Open(folder, settings);
        await Run(again, acknowledgements, settings, callers: 1, upTo: settings.Updates);
    }

    private static Task<Master> Open(string folder, LoadSettings settings) =>
        Master.Open(options =>
        {
            settings.Apply(options, folder);
            options.KeepLogs(LogsKept);
        });

    private static Task Run(Master master, Acknowledgements acknowledgements, LoadSettings settings, int callers, int upTo) =>
        Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(async () =>
        {
            var caller = new LoadCaller(master, acknowledgements, new Random(settings.Seed + (1000 * upTo) + i), i, isAlone: callers == 1);
            while (acknowledgements.Count < upTo)
                await caller.Work();
        })));
}
