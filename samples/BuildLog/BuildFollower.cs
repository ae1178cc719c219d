using Spectre.Console;

namespace BuildData.Samples.BuildLog;

/// <summary>Shows a build while it runs. It knows the build only by its events, as a dashboard or a notifier would.</summary>
internal static class BuildFollower
{
    /// <summary>Follows a build until it is finished.</summary>
    public static Task Follow(EventHub events, long buildId, int stepCount)
    {
        // A pattern is a path with * for any segment. Events arrive in the order in which the changes were committed.
        Subscription subscription = events.Subscribe([$"/builds/{buildId}", $"/builds/{buildId}/steps/*"], "started", "finished");

        return AnsiConsole.Progress().StartAsync(progress =>
            Show(subscription, progress.AddTask($"Build {buildId}", maxValue: stepCount)));
    }

    private static async Task Show(Subscription subscription, ProgressTask bar)
    {
        // The loop reads from its own buffer. However slow it is, it never slows an update.
        await foreach (DataEvent e in subscription)
        {
            // An event carries the resource as it was written, so no query is needed.
            if (e is { Name: "started", Resource: Step started })
                bar.Description = Markup.Escape($"{started.Name} in {started.StateString}");
            if (e is { Name: "finished", Resource: Step finished })
                StepFinished(finished, bar);
            if (e is { Name: "finished", Resource: Build })
                break;
        }

        bar.Description = "Recorded";
    }

    private static void StepFinished(Step step, ProgressTask bar)
    {
        bar.Increment(1);
        if (step.Results != BuildResult.Success)
            AnsiConsole.MarkupLineInterpolated($"[yellow]{step.Results}[/] in {step.Name}: {step.StateString}");
    }
}
