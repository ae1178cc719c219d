namespace BuildData.StoreContracts;

public abstract class RaceTests(StoreKind kind) : MasterTests(kind)
{
    [Test]
    public async Task NewStep_ManyCallersOfOneName_GetDifferentNamesAndConsecutiveNumbers()
    {
        long buildId = await Updates.Build();

        AddedStep[] steps = (await InParallel(64, 1_000, _ => Updates.NewStep(buildId, "step"))).ToArray();

        steps.Select(step => step.Name).Should().OnlyHaveUniqueItems();
        steps.Select(step => step.Number).Order().Should().Equal(Enumerable.Range(0, 1_000).Select(number => (long)number));
        (await Data.GetAll<Step>($"/builds/{buildId}/steps")).Select(step => (step.StepId, step.Number, step.Name))
            .Should().BeEquivalentTo(steps.Select(step => (step.StepId, step.Number, step.Name)));
    }

    [Test]
    public async Task CompleteBuildRequests_ConcurrentOnOneBuildset_AnnounceItsEndOnce()
    {
        var builders = new List<long>();
        for (int i = 0; i < 64; i++)
            builders.Add(await Updates.FindBuilderId($"b{i}"));
        AddedBuildset added = await Updates.AddBuildset(sourceStamps: [Given.Main], builderIds: builders);
        Subscription events = Data.Events.Subscribe("/buildsets/*", "complete");

        BuildRequestsResult[] completed = (await InParallel(64, 64, i => Updates.CompleteBuildRequests([added.BuildRequestIds[builders[i]]], BuildResult.Success))).ToArray();

        await Master.DisposeAsync();
        completed.Should().OnlyContain(result => result.Succeeded);
        (await events.Rest()).Should().ContainSingle().Which.Resource.Should().BeOfType<Buildset>().Which.Complete.Should().BeTrue();
    }

    [Test]
    public async Task FindBuilderId_ConcurrentOfOneName_IsOneId()
    {
        long[] ids = (await InParallel(64, 64, _ => Updates.FindBuilderId("linux"))).ToArray();

        ids.Should().AllBeEquivalentTo(ids[0]);
        (await Data.GetAll<Builder>("/builders")).Should().ContainSingle();
    }

    [Test]
    public async Task ClaimBuildRequests_Concurrent_SucceedOnce()
    {
        (_, long request, _) = await Updates.Request();

        BuildRequestsResult[] claimed = (await InParallel(64, 64, _ => Updates.ClaimBuildRequests([request]))).ToArray();

        claimed.Count(result => result.Succeeded).Should().Be(1);
    }

    [Test]
    public async Task AddBuildset_ConcurrentOfTheSame_LeavesOneRequestOfTheHighestPriority()
    {
        long builder = await Updates.FindBuilderId("linux");

        await InParallel(64, 64, i => Updates.AddBuildset(sourceStamps: [Given.Main], builderIds: [builder], priority: i));

        (await Data.GetAll<BuildRequest>("/buildrequests?complete=false")).Should().ContainSingle().Which.Priority.Should().Be(63);
        (await Data.GetAll<BuildRequest>("/buildrequests?complete=true"))
            .Should().HaveCount(63).And.OnlyContain(request => request.ReplacedByBuildRequestId > request.BuildRequestId);
    }

    [Test]
    public async Task AddStepUrl_Concurrent_KeepsAll()
    {
        long stepId = await Updates.Step();

        await InParallel(64, 64, async i =>
        {
            await Updates.AddStepUrl(stepId, "log", $"u{i}");
            return 0;
        });

        (await Data.Get<Step>($"/steps/{stepId}"))!.Urls.Should().HaveCount(64);
    }

    [Test]
    public async Task Updates_SomeOfManyFail_FailAlone()
    {
        long buildId = await Updates.Build();
        Subscription events = Data.Events.Subscribe("/steps/*");

        bool[] made = (await InParallel(64, 640, async i =>
        {
            try
            {
                await Updates.NewStep(i % 3 == 0 ? 999 : buildId, "s");
                return true;
            }
            catch (ResourceNotFoundException)
            {
                return false;
            }
        })).ToArray();

        await Master.DisposeAsync();
        int expected = Enumerable.Range(0, 640).Count(i => i % 3 != 0);
        made.Count(one => one).Should().Be(expected);
        (await events.Rest()).Select(e => ((Step)e.Resource).Number).Should().Equal(Enumerable.Range(0, expected).Select(number => (long)number));
    }

    [Test]
    public async Task Reads_WhileManyWrite_SeeWholeChanges()
    {
        long builder = await Updates.FindBuilderId("linux");
        using var stop = new CancellationTokenSource();
        Task reading = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (Buildset buildset in await Data.GetAll<Buildset>("/buildsets?order=-bsid&limit=20"))
                    buildset.SourceStamps.Should().HaveCount(2, "a buildset is never seen without its source stamps");
            }
        });

        await InParallel(16, 400, i => Updates.AddBuildset(
            sourceStamps: [Given.Main, new SourceStampKey { Codebase = "lib", Revision = $"{i}" }], builderIds: [builder]));

        await stop.CancelAsync();
        await reading;
    }

    private static async Task<IReadOnlyCollection<T>> InParallel<T>(int tasks, int calls, Func<int, Task<T>> call)
    {
        var results = new T[calls];
        int next = -1;
        using var start = new SemaphoreSlim(0);
        Task[] running = [.. Enumerable.Range(0, tasks).Select(_ => Task.Run(async () =>
        {
            await start.WaitAsync();
            for (int i = Interlocked.Increment(ref next); i < calls; i = Interlocked.Increment(ref next))
                results[i] = await call(i);
        }))];
        start.Release(tasks);
        await Task.WhenAll(running);
        return results;
    }
}
