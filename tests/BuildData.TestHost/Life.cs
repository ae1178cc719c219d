using System.Collections.Concurrent;

namespace BuildData.TestHost;

/// <summary>
/// Recovers what an earlier process has left open, and then starts, cancels and finishes builds until the process is killed. Prints each
/// acknowledged change. Many builds stay open, so that the next process has much to recover.
/// </summary>
internal static class Life
{
    private const int Workers = 8;

    public static async Task Run(Master master)
    {
        Updates updates = master.Data.Updates;
        await updates.RecoverInterrupted();
        Console.WriteLine("recovered");
        long[] builders = [await updates.FindBuilderId("linux"), await updates.FindBuilderId("windows")];

        // No worker builds for this one, so its requests wait until they are cancelled.
        long waiting = await updates.FindBuilderId("waiting");
        var requests = new ConcurrentQueue<(long BuildsetId, long RequestId)>();
        await Task.WhenAll(
            [
                Task.Run(() => Schedule(updates, [.. builders, waiting], requests)),
                Task.Run(() => Cancel(updates, requests)),
                .. Enumerable.Range(0, Workers).Select(i => Task.Run(() => Work(master.Data, builders, new Random(Environment.TickCount + i)))),
            ]);
    }

    private static async Task Schedule(Updates updates, long[] builders, ConcurrentQueue<(long BuildsetId, long RequestId)> requests)
    {
        while (true)
        {
            AddedBuildset added = await updates.AddBuildset(builderIds: builders);
            foreach (long request in added.BuildRequestIds.Values)
                requests.Enqueue((added.BuildsetId, request));
        }
    }

    private static async Task Cancel(Updates updates, ConcurrentQueue<(long BuildsetId, long RequestId)> requests)
    {
        while (true)
        {
            await Task.Yield();
            if (!requests.TryDequeue(out (long BuildsetId, long RequestId) first))
                continue;

            RequestedCancellation cancelled = first.RequestId % 4 == 0
                ? await updates.CancelBuildset(first.BuildsetId, "stop")
                : await updates.CancelBuildRequests([first.RequestId], "stop");
            foreach (long request in cancelled.CompletedBuildRequestIds)
                Console.WriteLine($"cancelled {request}");
            foreach (long request in cancelled.RequestedBuildRequestIds)
                Console.WriteLine($"requested {request}");
        }
    }

    private static async Task Work(DataApi data, long[] builders, Random random)
    {
        while (true)
        {
            if (await data.Updates.StartNext(null, builders) is not { } build)
            {
                await data.WaitForNext(builders);
                continue;
            }

            Console.WriteLine($"started {build.Request.BuildRequestId} {build.BuildId}");
            AddedStep step = await data.Updates.NewStep(build.BuildId, "compile");
            await data.Updates.StartStep(step.StepId);
            if (random.Next(3) == 0)
            {
                // The canceller asks mostly for requests that still wait.
                if ((await data.Updates.CancelBuildRequests([build.Request.BuildRequestId], "stop")).RequestedBuildRequestIds.Count > 0)
                    Console.WriteLine($"requested {build.Request.BuildRequestId}");
                continue;
            }

            await data.Updates.FinishStep(step.StepId, BuildResult.Success);
            await data.Updates.Transaction(async u =>
            {
                await u.FinishBuild(build.BuildId, BuildResult.Success);
                await u.CompleteBuildRequests([build.Request.BuildRequestId], BuildResult.Success);
            });
            Console.WriteLine($"done {build.Request.BuildRequestId}");
        }
    }
}
