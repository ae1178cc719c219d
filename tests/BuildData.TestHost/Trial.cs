using System.Globalization;
using BuildData.TestSupport;

namespace BuildData.TestHost;

/// <summary>Runs scenarios that need their own process, because they could end it, use up its resources or need another user.</summary>
internal static class Trial
{
    public static Task Run(string[] args) => args[0] switch
    {
        "exhaust" => Exhaust(args[1]),
        "no-handles" => RunWithoutHandles(args[1]),
        "block" => Block(args[1], int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture)),
        "block-logs" => BlockLogs(args[1], int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture)),
        "truncate" => Truncate(args[1]),
        _ => Read(args[1]),
    };

    private static async Task Exhaust(string database)
    {
        // The first opening loads all assemblies, which later would need file handles.
        await using (await Master.Open($"Data Source={database}"))
        {
        }

        var files = new List<FileStream>();
        try
        {
            while (true)
                files.Add(new FileStream("/dev/null", FileMode.Open, FileAccess.Read));
        }
        catch (IOException)
        {
            files[0].Dispose();
        }

        string outcome = "open";
        try
        {
            await using Master master = await Master.Open($"Data Source={database}");
        }
        catch (BuildDataException error)
        {
            outcome = error.GetType().Name;
        }

        files.ForEach(file => file.Dispose());
        Console.WriteLine(outcome);
    }

    private static async Task RunWithoutHandles(string database)
    {
        Master master = await Master.Open($"Data Source={database}");
        await master.Data.Updates.FindBuilderId("first");
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMaxThreads(workers, ports);

        // All threads of the pool are going to be blocked, and this is one of them.
        string outcome = "";
        var thread = new Thread(() => outcome = RunWithoutHandles(master, callers: workers * 4));
        thread.Start();
        thread.Join();
        await master.DisposeAsync();
        Console.WriteLine(outcome);
        Console.WriteLine("done");
    }

    private static string RunWithoutHandles(Master master, int callers)
    {
        ulong limit = HandleLimit.Lower(0);
        Task[] updates = [.. Enumerable.Range(0, callers).Select(i => Task.Run(() =>
        {
            for (int j = 0; j < 200; j++)
                master.Data.Updates.FindBuilderId($"{i}-{j}").GetAwaiter().GetResult();
        }))];
        Thread.Sleep(500);
        string outcome = "no error";
        try
        {
            master.BackupTo("never.db").GetAwaiter().GetResult();
        }
        catch (StoreException error)
        {
            outcome = error.InnerException!.GetType().Name;
        }

        HandleLimit.Restore(limit);
        Task.WaitAll(updates);
        return outcome;
    }

    private static async Task Block(string database, int callers, int updates)
    {
        await using Master master = await Master.Open(options =>
        {
            options.UseSqlite($"Data Source={database}");
            options.Durability = Durability.Normal;
        });
        Console.WriteLine("open");
        await Console.In.ReadLineAsync();
        long builder = await master.Data.Updates.FindBuilderId("linux");
        AddedBuildset added = await master.Data.Updates.AddBuildset(builderIds: [builder]);
        long build = (await master.Data.Updates.AddBuild(builder, added.BuildRequestIds[builder])).BuildId;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() =>
        {
            // A host should not block like this. The library must work nevertheless.
            for (int i = 0; i < updates; i++)
                master.Data.Updates.SetBuildStateString(build, $"{caller} {i}").GetAwaiter().GetResult();
        })));
        Console.WriteLine("done");
    }

    private static async Task BlockLogs(string database, int writers, int lines)
    {
        await using Master master = await Master.Open($"Data Source={database}");
        Console.WriteLine("open");
        await Console.In.ReadLineAsync();
        Updates updates = master.Data.Updates;
        long builder = await updates.FindBuilderId("linux");
        AddedBuildset added = await updates.AddBuildset(builderIds: [builder]);
        AddedBuild build = await updates.AddBuild(builder, added.BuildRequestIds[builder]);
        AddedStep step = await updates.NewStep(build.BuildId, "compile");
        LogWriter[] logs = await Task.WhenAll(Enumerable.Range(0, writers).Select(i => updates.OpenLogWriter(step.StepId, $"{i}", options: new() { BufferSize = 1000 })));

        // No thread is left for anything else, and the pool gets no more.
        ThreadPool.SetMinThreads(writers, writers);
        ThreadPool.SetMaxThreads(writers, writers);
        using var allRun = new Barrier(writers);
        await Task.WhenAll(logs.Select(log => Task.Run(() =>
        {
            allRun.SignalAndWait();
            for (int i = 0; i < lines; i++)
                log.WriteLine($"line {i}");
            log.Flush();
            log.Dispose();

            // No thread is free before the last one has written all its lines.
            allRun.SignalAndWait();
        })));
        Console.WriteLine("done");
    }

    private static async Task Truncate(string database)
    {
        await using Master master = await Master.Open($"Data Source={database}");
        Updates updates = master.Data.Updates;
        long builder = await updates.FindBuilderId("linux");
        AddedBuildset added = await updates.AddBuildset(builderIds: [builder]);
        long build = (await updates.AddBuild(builder, added.BuildRequestIds[builder])).BuildId;
        await updates.Transaction(async u =>
        {
            for (int i = 0; i < 20_000; i++)
                await u.NewStep(build, $"s{i}");
        });
        await master.Data.GetAll<Step>($"/builds/{build}/steps?limit=10");

        // Copying a backup over the file begins with such a truncation.
        await using (var file = new FileStream(database, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(16_384);
        string outcome = "alive";
        try
        {
            await master.Data.GetAll<Step>($"/builds/{build}/steps?limit=5000&offset=10000");
        }
        catch (StoreException)
        {
            outcome = "alive, and the read failed";
        }

        Console.WriteLine(outcome);
        await Console.Out.FlushAsync();
        Environment.Exit(0);
    }

    private static async Task Read(string database)
    {
        try
        {
            await using Master master = await Master.Open($"Data Source={database};Mode=ReadOnly");
            Console.WriteLine((await master.Data.GetAll<Builder>("/builders")).Count);
        }
        catch (BuildDataException error)
        {
            Console.WriteLine($"{error.GetType().Name}: {error.Message}");
        }
    }
}
