// A process that tests start, and may kill. Its first argument is a command:
//   hold FILE      opens the store and waits for a line of input
//   exhaust FILE   opens files until no file handle is left, opens the store, and prints the name of the exception
//   no-handles FILE
//                  opens the store, uses up the file handles, backs up the store, blocks all threads of the pool with updates, frees the
//                  handles, and prints the name of the exception and "done"
//   block FILE CALLERS UPDATES
//                  runs UPDATES updates in each of CALLERS callers, which block all threads of the pool, and prints "done"
//   truncate FILE  opens the store, truncates the database file, reads, and prints "alive"
//   read FILE      opens the store read-only and prints the number of builders
//   write FILE     adds steps from several callers until it is killed, and prints the id of each step whose task has completed
//   mix FILE       keeps events and runs all kinds of updates until it is killed, and prints the ids of completed steps
//   prune FILE, pg-prune DATABASE MASTER
//                  does the same as mix, and removes all old builds again and again; prints "removed" after each removal
//   logs FILE, pg-logs DATABASE MASTER
//                  writes logs until it is killed, and prints the id and the number of lines of a log after each flush
//   block-logs FILE WRITERS LINES
//                  writes LINES lines in each of WRITERS writers, which block all threads of the pool, and prints "done"
//   life FILE, pg-life DATABASE MASTER
//                  recovers, and starts, cancels and finishes builds until it is killed; prints the acknowledged changes
//   copy FROM TO   copies a store into another one, and prints the table after each transaction; the argument of a SQLite store is a file
//   pg-workers DATABASE MASTER BUILDER CALLERS
//                  opens a PostgreSQL store, waits for a line of input, and takes and prints all waiting requests of the builder
//   pg-tail DATABASE MASTER LOG FIRST
//                  opens a PostgreSQL store, and prints the lines of a log with their numbers from a line on, until the log is finished;
//                  then waits for a line of input
//   pg-hold DATABASE MASTER
//                  opens a PostgreSQL store and waits for a line of input
//   pg-mix DATABASE MASTER SECONDS CALLERS SEED
//                  opens a PostgreSQL store, keeps events, waits for a line of input, and runs random updates on resources that all
//                  such processes share; prints the acknowledged changes

using System.Globalization;
using BuildData;
using BuildData.TestHost;

if (args[0] is "exhaust" or "no-handles" or "block" or "block-logs" or "truncate" or "read")
{
    await Trial.Run(args);
    return;
}

if (args[0] == "copy")
{
    await Copies.Run(args[1], args[2]);
    return;
}

await using Master master = await Master.Open(options =>
{
    if (args[0] is "hold" or "write" or "mix" or "life" or "logs" or "prune")
        options.UseSqlite($"Data Source={args[1]}");
    else
        options.UsePostgreSql(args[1]).MasterName = args[2];
    if (args[0] is "mix" or "pg-mix" or "prune" or "pg-prune")
        options.KeepEvents(TimeSpan.FromDays(1));
    if (args[0] is "life" or "pg-life")
        options.Lifecycle = Lifecycle.Strict;
});
Console.WriteLine("open");

if (args[0] is "hold" or "pg-hold")
{
    await Console.In.ReadLineAsync();
    return;
}

if (args[0] == "pg-tail")
{
    await foreach (LogLine line in master.Data.Logs.Tail(long.Parse(args[3], CultureInfo.InvariantCulture), long.Parse(args[4], CultureInfo.InvariantCulture)))
        await Console.Out.WriteLineAsync($"{line.Number} {line.Text}");
    await Console.In.ReadLineAsync();
    return;
}

if (args[0] is "life" or "pg-life")
{
    await Life.Run(master);
    return;
}

if (args[0] == "pg-mix")
{
    int[] numbers = [.. args[3..].Select(argument => int.Parse(argument, CultureInfo.InvariantCulture))];
    await Console.In.ReadLineAsync();
    await MixedLoad.Run(master, args[2], TimeSpan.FromSeconds(numbers[0]), numbers[1], numbers[2]);
    Console.WriteLine("done");
    return;
}

Updates updates = master.Data.Updates;
if (args[0] is "logs" or "pg-logs")
{
    await Logs.Write(updates);
    return;
}

if (args[0] is "prune" or "pg-prune")
{
    await Mix.WriteAndPrune(updates);
    return;
}

if (args[0] == "pg-workers")
{
    await Console.In.ReadLineAsync();
    await Workers.Run(updates, args[3], int.Parse(args[4], CultureInfo.InvariantCulture));
    return;
}

if (args[0] == "mix")
{
    await Mix.Write(updates);
    return;
}

long builder = await updates.FindBuilderId("linux");
AddedBuildset added = await updates.AddBuildset(builderIds: [builder]);
AddedBuild build = await updates.AddBuild(builder, added.BuildRequestIds[builder]);

await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
{
    await Task.Yield();
    while (true)
    {
        AddedStep step = await updates.NewStep(build.BuildId, "step");
        await updates.SetStepStateString(step.StepId, $"state of {step.StepId}");
        await Console.Out.WriteLineAsync($"{step.StepId}");
    }
}));
