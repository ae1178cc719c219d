// A small CI server: a scheduler, three workers that run shell commands as steps, a dashboard, cancel, rebuild, and retry after a kill.
//
//     dotnet run --project samples/CiServer               type: build, cancel slow 1, rebuild linux 1, quit. Kill it, and start it again
//     dotnet run --project samples/CiServer -- demo       does all of this by itself, and exits with 0 if everything happened as it should
//
// BuildWorker runs builds, Dashboard shows them, and Demo uses the server. All builds are kept in builds.db in the current folder.

using BuildData;
using BuildData.Samples.CiServer;

if (args is ["demo"])
    await Demo.KillAServer();

await using Master master = await Master.Open(options =>
{
    // What a killed server has left open ends as Retry when the next server opens the store. Then its build requests wait again.
    options.UseSqlite("Data Source=builds.db").WaitForStore(TimeSpan.FromSeconds(10)).RecoverOnOpen();
    options.Lifecycle = Lifecycle.Strict;
});
Updates updates = master.Data.Updates;

// The steps of each builder: a name and a shell command. The builder "flaky" fails until there is a file with the name "repaired".
bool isWindows = OperatingSystem.IsWindows();
var builders = new Dictionary<long, (string Name, string Command)[]>
{
    [await updates.EnsureBuilder("linux")] = [("compile", "echo compiled"), ("test", "echo 3 tests passed")],
    [await updates.EnsureBuilder("flaky")] = [("test", isWindows ? "dir repaired" : "ls repaired"), ("deploy", "echo deployed")],
    [await updates.EnsureBuilder("slow")] = [("compile", "echo compiled"), ("soak", isWindows ? "ping -n 60 127.0.0.1" : "sleep 60")],
};

using var stopping = new CancellationTokenSource();
Task dashboard = new Dashboard(master.Data).Run();
Task<bool> commands = args is ["demo"] ? new Demo(master.Data, Schedule).Run() : RunCommands();
var worker = new BuildWorker(master.Data, builders, stopping.Token);
Task workers = Task.WhenAll(worker.Run("worker-1"), worker.Run("worker-2"), worker.Run("worker-3"));

// Workers end before the commands only if one of them fails.
if (await Task.WhenAny(commands, workers) == workers)
    await workers;
bool succeeded = await commands;
await stopping.CancelAsync();
await workers;
await master.DisposeAsync();
await dashboard;
return succeeded ? 0 : 1;

// The scheduler. A real server calls it when somebody pushes a commit.
Task<AddedBuildset> Schedule(string revision) => updates.AddBuildset(
    scheduler: "push",
    sourceStamps: [new SourceStampKey { Repository = "https://example.org/app.git", Branch = "main", Revision = revision }],
    reason: $"push of {revision}",
    builderIds: builders.Keys);

async Task<bool> RunCommands()
{
    using var input = new StreamReader(Console.OpenStandardInput());
    while (await input.ReadLineAsync() is { } line and not "quit")
    {
        string[] words = line.Split(' ');
        if (words is ["build"])
            await Schedule($"{Guid.NewGuid():N}"[..7]);
        else if (words is ["cancel", var cancelled, var number] && await Find(cancelled, number) is { } running)
            await updates.CancelBuildRequests([running.BuildRequestId], "by hand");
        else if (words is ["rebuild", var rebuilt, var earlier] && await Find(rebuilt, earlier) is { } build)
            await updates.Rebuild(build.BuildId);
        else
            Console.WriteLine("Type: build, cancel slow 1, rebuild linux 1, or quit.");
    }

    return true;
}

async Task<Build?> Find(string builder, string number) =>
    long.TryParse(number, out long known) ? await master.Data.Get<Build>($"/builders/{builder}/builds/{known}") : null;
