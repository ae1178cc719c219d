namespace BuildData.Samples.BuildLog;

/// <summary>What is recorded of a build, as text.</summary>
internal sealed class BuildReport(DataApi data, TextWriter output)
{
    /// <summary>Prints a build. A hole in a path is encoded, so the builder may be called anything.</summary>
    public async Task<Build> Print(string builder, long number)
    {
        Build build = await data.Get<Build>($"/builders/{builder}/builds/{number}")
            ?? throw new InvalidOperationException($"Build {number} of '{builder}' is gone.");
        ResourceList<Step> steps = await data.GetAll<Step>($"/builders/{builder}/builds/{number}/steps?order=number");

        await output.WriteLineAsync($"{builder}, build {build.Number}, begun at {build.StartedAt:u}");
        await output.WriteLineAsync($"{build.Results} in {Duration.Text(build)}: {build.StateString}");
        await output.WriteLineAsync();
        await StepTable.Print(steps, output);
        return build;
    }
}
