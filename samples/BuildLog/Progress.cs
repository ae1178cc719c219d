namespace BuildData.Samples.BuildLog;

/// <summary>Prints the steps of one build as they change, until it is disposed.</summary>
internal sealed class Progress : IAsyncDisposable
{
    private readonly Subscription _changes;
    private readonly TextWriter _output;
    private readonly Task _printing;

    private Progress(Subscription changes, TextWriter output)
    {
        _changes = changes;
        _output = output;
        _printing = Print();
    }

    public static Progress Follow(EventHub events, long buildId, TextWriter output) =>
        new(events.Subscribe($"/builds/{buildId}/steps/*", "started", "updated", "finished"), output);

    public async ValueTask DisposeAsync()
    {
        // What has been announced is still printed.
        await _changes.DisposeAsync();
        await _printing;
    }

    private async Task Print()
    {
        await foreach (DataEvent change in _changes)
        {
            var step = (Step)change.Resource;

            // Before a step begins there is nothing to see.
            if (step.StartedAt is null)
                continue;

            string what = change.Name == "finished" ? $"{step.Name}: {step.Results} in {Duration.Text(step)}" : step.StateString;
            string link = change.Name == "updated" && step.Urls.Count > 0 ? $" ({step.Urls[^1].Url})" : "";
            await _output.WriteLineAsync($"{change.Name,-8}  {step.Number,3}  {what}{link}");
        }
    }
}
