namespace BuildData.Samples.BuildLog;

/// <summary>Prints the steps of one build as they change, until it is disposed.</summary>
internal sealed class Progress : IAsyncDisposable
{
    private readonly Watch<Step> _steps;
    private readonly TextWriter _output;
    private readonly Task _printing;

    private Progress(Watch<Step> steps, TextWriter output)
    {
        _steps = steps;
        _output = output;
        _printing = Print();
    }

    public static async Task<Progress> Follow(DataApi data, long buildId, TextWriter output) =>
        new(await data.Watch<Step>($"/builds/{buildId}/steps"), output);

    public async ValueTask DisposeAsync()
    {
        // What has been announced is still printed.
        await _steps.DisposeAsync();
        await _printing;
    }

    private async Task Print()
    {
        await foreach (WatchChange<Step> change in _steps)
        {
            Step step = change.Resource;

            // Before a step begins there is nothing to see.
            if (step.StartedAt is null)
                continue;

            string what = change.EventName == "finished" ? $"{step.Name}: {step.Results} in {Duration.Text(step)}" : step.StateString;
            string link = change.EventName == "updated" && step.Urls.Count > 0 ? $" ({step.Urls[^1].Url})" : "";
            await _output.WriteLineAsync($"{change.EventName,-8}  {step.Number,3}  {what}{link}");
        }
    }
}
