namespace BuildData.Samples.BuildLog;

/// <summary>A build's steps as a table, and their links below.</summary>
internal static class StepTable
{
    public static async Task Print(IReadOnlyList<Step> steps, TextWriter output)
    {
        int name = steps.Select(step => step.Name.Length).Append("Name".Length).Max();
        await output.WriteLineAsync($"{"No",3}  {"Name".PadRight(name)}  {"Result",-9}  {"Duration",10}  State");
        foreach (Step step in steps)
        {
            await output.WriteLineAsync(
                $"{step.Number,3}  {step.Name.PadRight(name)}  {step.Results,-9}  {Duration.Text(step),10}  {step.StateString}");
        }

        if (steps.Any(step => step.Urls.Count > 0))
            await output.WriteLineAsync();
        foreach (Step step in steps)
        {
            foreach (StepUrl link in step.Urls)
                await output.WriteLineAsync($"{step.Name}: {link.Name} {link.Url}");
        }
    }
}
