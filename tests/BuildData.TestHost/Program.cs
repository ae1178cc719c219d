// A process for the tests to hold a store open with, and to kill.
//   hold FILE   opens the store and waits
//   write FILE  adds steps without end, from several callers, and prints the id of each one whose task has completed

using BuildData;

await using var master = await Master.Open($"Data Source={args[1]}");
Console.WriteLine("open");

if (args[0] == "hold")
{
    await Console.In.ReadLineAsync();
    return;
}

Updates updates = master.Data.Updates;
long builder = await updates.FindBuilderId("linux");
AddBuildsetResult added = await updates.AddBuildset(builderIds: [builder]);
AddBuildResult build = await updates.AddBuild(builder, added.BuildRequestIds[builder]);

await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
{
    await Task.Yield();
    while (true)
    {
        NewStepResult step = await updates.NewStep(build.BuildId, "step");
        await updates.SetStepStateString(step.StepId, $"state of {step.StepId}");
        await Console.Out.WriteLineAsync($"{step.StepId}");
    }
}));
