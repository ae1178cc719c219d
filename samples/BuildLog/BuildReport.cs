using BuildData.Queries;
using Spectre.Console;

namespace BuildData.Samples.BuildLog;

/// <summary>Prints a build from the database. It needs no more than the names of the builder and the build.</summary>
internal sealed class BuildReport(DataApi data)
{
    /// <summary>Prints a build, its steps, and the newest builds of the same builder.</summary>
    public async Task Print(string builder, long number)
    {
        await PrintSource(builder, number);
        await PrintSteps(builder, number);
        await PrintProblems(builder, number);
        await PrintBuilds(builder);
    }

    private async Task PrintSource(string builder, long number)
    {
        // Get returns one resource, or null. What stands in braces is percent-encoded, so a name can hold any character.
        Build? build = await data.Get<Build>($"/builders/{builder}/builds/{number}");
        BuildRequest? request = await data.Get<BuildRequest>($"/buildrequests/{build!.BuildRequestId}");
        Buildset? set = await data.Get<Buildset>($"/buildsets/{request!.BuildsetId}");

        SourceStamp source = set!.SourceStamps[0];
        AnsiConsole.MarkupLineInterpolated($"[bold]{builder}, build {number}[/]: {set.Reason}");
        AnsiConsole.MarkupLineInterpolated($"source {source.Repository} {source.Revision}");
    }

    private async Task PrintSteps(string builder, long number)
    {
        // GetAll returns a list. The query string filters, orders and pages it in the store, so only the answer is read.
        // A ResultSpec says the same in types, and asks for what a query string can't: the number of all steps that match.
        ResourceList<Step> steps = await data.GetAll<Step>(
            $"/builders/{builder}/builds/{number}/steps?hidden=false&order=number&limit=40",
            new ResultSpec { IncludeTotal = true });
        long hidden = await data.Count<Step>($"/builders/{builder}/builds/{number}/steps?hidden=true");

        Table table = NewTable("Step").Caption($"{steps.Count} of {steps.Total} steps; {hidden} short steps are hidden");
        foreach (Step step in steps)
            AddRow(table, step.Name, step.Results, step.CompleteAt - step.StartedAt, step.StateString);
        AnsiConsole.Write(table);
    }

    private async Task PrintProblems(string builder, long number)
    {
        // A filter is a field, an operator and a value: here, results that are not 0, the number of Success.
        await foreach (Step step in data.Stream<Step>($"/builders/{builder}/builds/{number}/steps?results__ne=0"))
        {
            foreach (StepUrl link in step.Urls)
                AnsiConsole.MarkupLineInterpolated($"{step.Name}: {link.Name} {link.Url}");

            // The lines of a log come from the database in parts, however long the log is.
            foreach (StepLog log in await data.GetAll<StepLog>($"/steps/{step.StepId}/logs"))
            {
                await foreach (string line in data.Logs.Lines(log.LogId))
                    AnsiConsole.MarkupLineInterpolated($"  {line}");
            }
        }
    }

    private async Task PrintBuilds(string builder)
    {
        ResourceList<Build> builds = await data.GetAll<Build>($"/builders/{builder}/builds?order=-number&limit=5");

        Table table = NewTable("Build");
        foreach (Build build in builds)
        {
            string name = $"{build.Number} ({build.StartedAt:u})";
            AddRow(table, name, build.Results, build.CompleteAt - build.StartedAt, build.StateString);
        }

        AnsiConsole.Write(table);
    }

    private static string Text(BuildResult? results) => results switch
    {
        null => "running",
        BuildResult.Success => "[green]Success[/]",
        BuildResult.Warnings => "[yellow]Warnings[/]",
        _ => $"[red]{results}[/]",
    };

    private static Table NewTable(string name) =>
        new Table().Border(TableBorder.Simple).AddColumns(name, "Result", "Seconds", "State");

    private static void AddRow(Table table, string name, BuildResult? results, TimeSpan? duration, string state) =>
        table.AddRow(Markup.Escape(name), Text(results), $"{duration?.TotalSeconds,7:0.00}", Markup.Escape(state));
}
