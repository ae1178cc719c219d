using System.Collections.Concurrent;
using System.Globalization;

namespace BuildData.Tests;

/// <summary>Many idle workers take ten thousand waiting requests: each once, and in the order of priorities where there was no race.</summary>
internal sealed class ManyWorkersTests
{
    private const int Requests = 10_000;
    private const int Processes = 8;
    private const int CallersPerProcess = 8;

    [Test]
    public async Task StartNext_ManyCallersOnSqlite_TakeEachRequestOnceInOrder()
    {
        using var folder = new TempFolder();
        await using Master master = await Master.Open(folder.ConnectionString);
        await TakenRequests.Add(master.Data.Updates, "linux", Requests);
        long builder = await master.Data.Updates.FindBuilderId("linux");
        var taken = new ConcurrentQueue<(long, long, long)>();

        await Task.WhenAll(Enumerable.Range(0, Processes * CallersPerProcess).Select(_ => Task.Run(async () =>
        {
            while (await master.Data.Updates.StartNext(null, [builder]) is { } build)
                taken.Enqueue((build.Request.BuildRequestId, build.Request.Priority, build.Number));
        })));

        TakenRequests.ShouldBeComplete([.. taken], Requests, Processes * CallersPerProcess);
    }

    [Test]
    public async Task StartNext_ManyProcessesOnPostgreSql_TakeEachRequestOnceInOrder()
    {
        await using TestStore store = await StoreKinds.PostgreSql.Create();
        await using Master master = await store.Open(options => options.MasterName = "scheduler");
        await TakenRequests.Add(master.Data.Updates, "linux", Requests);
        string connection = ((PostgreSqlTestStore)store).ConnectionString;
        TestHost[] hosts = await Task.WhenAll(Enumerable.Range(0, Processes).Select(i => TestHost.Start(
            "pg-workers", connection, $"m{i}", "linux", CallersPerProcess.ToString(CultureInfo.InvariantCulture))));

        string[][] printed = await Task.WhenAll(hosts.Select(host => host.Run()));

        foreach (TestHost host in hosts)
            await host.DisposeAsync();
        (long, long, long)[] taken = [.. printed.SelectMany(lines => lines).Select(line => line.Split(' ')).Select(words => (Number(words[0]), Number(words[1]), Number(words[2])))];
        TakenRequests.ShouldBeComplete(taken, Requests, Processes * CallersPerProcess);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
