namespace BuildData.Tests;

internal abstract class TransactionTests(StoreKind store) : MasterTests(store)
{
    [Test]
    public async Task Transaction_SeveralUpdates_AreThereTogetherWithItsResult()
    {
        long buildId = await Updates.Build();

        long stepId = await Updates.Transaction(async u =>
        {
            AddedStep step = await u.NewStep(buildId, "compile");
            await u.StartStep(step.StepId);
            await u.SetBuildProperty(buildId, "rev", ("9f", "Git"));
            (await Data.GetAll<Step>("/steps")).Should().BeEmpty("reads see none of it before the commit");
            return step.StepId;
        });

        (await Data.Get<Step>($"/steps/{stepId}"))!.StartedAt.Should().Be(Clock.GetUtcNow());
        (await Data.Get<PropertyMap>($"/builds/{buildId}/properties")).Should().Equal(new PropertyMap { ["rev"] = ("9f", "Git") });
    }

    [Test]
    public async Task Transaction_Events_AppearTogetherAfterTheCommit()
    {
        long buildId = await Updates.Build();
        Subscription events = Data.Events.Subscribe(Given.Everything);
        await using IAsyncEnumerator<DataEvent> reader = events.GetAsyncEnumerator();
        Task<bool> first = reader.MoveNextAsync().AsTask();

        await Updates.Transaction(async u =>
        {
            AddedStep step = await u.NewStep(buildId, "compile");
            await u.StartStep(step.StepId);
            await u.SetBuildStateString(buildId, "building");
            events.Buffer.Count.Should().Be(0, "nothing is announced before the commit");
            first.IsCompleted.Should().BeFalse("nothing is announced before the commit");
        });

        var seen = new List<string>();
        for (bool more = await first; more; more = seen.Count < 3 && await reader.MoveNextAsync())
            seen.Add($"{reader.Current.Path} {reader.Current.Name}");
        seen.Should().Equal("/steps/1 new", "/steps/1 started", $"/builds/{buildId} update");
    }

    [Test]
    public async Task Transaction_FunctionFails_LeavesNothingAndAnnouncesNothing()
    {
        long buildId = await Updates.Build();
        Subscription events = Data.Events.Subscribe(Given.Everything);

        await Updates.Awaiting(updates => updates.Transaction(async u =>
        {
            await u.NewStep(buildId, "compile");
            await u.FinishBuild(buildId, BuildResult.Success);
            throw new FormatException("mine");
        })).Should().ThrowAsync<FormatException>().WithMessage("mine");

        (await Data.GetAll<Step>("/steps")).Should().BeEmpty();
        AddedStep next = await Updates.NewStep(buildId, "compile");
        await Updates.SetBuildStateString(buildId, "on");
        (next.Number, next.Name).Should().Be((0, "compile"), "what was undone is forgotten");
        (await Data.Get<Build>($"/builds/{buildId}"))!.Complete.Should().BeFalse();
        await Master.DisposeAsync();
        (await events.Rest()).Select(e => e.Name).Should().Equal("new", "update");
    }

    [Test]
    public async Task Transaction_UpdateFailsAndIsCaught_TheRestStands()
    {
        long buildId = await Updates.Build();
        Subscription events = Data.Events.Subscribe(Given.Everything);

        await Updates.Transaction(async u =>
        {
            await u.NewStep(buildId, "before");
            await u.Awaiting(updates => updates.NewStep(999, "nowhere")).Should().ThrowAsync<ResourceNotFoundException>();
            await u.Awaiting(updates => updates.AddBuildset(builderIds: [1], sourceStamps: [new SourceStampKey(), 99])).Should().ThrowAsync<ResourceNotFoundException>();
            await u.Awaiting(updates => updates.NewStep(buildId, "no identifier!")).Should().ThrowAsync<ArgumentException>();
            await u.NewStep(buildId, "after");
        });

        (await Data.GetAll<Step>("/steps")).Select(step => (step.Number, step.Name)).Should().Equal((0, "before"), (1, "after"));
        await Master.DisposeAsync();
        (await events.Rest()).Select(e => e.Path).Should().Equal("/steps/1", "/steps/2");
    }

    [Test]
    public async Task Transaction_OuterUpdatesInside_AreRefused()
    {
        await Updates.Transaction(async u =>
        {
            await u.FindBuilderId("linux");
            await Updates.Awaiting(outer => outer.FindBuilderId("other")).Should().ThrowAsync<InvalidOperationException>();
            await u.FindBuilderId("mac");
        });

        (await Data.GetAll<Builder>("/builders")).Select(builder => builder.Name).Should().Equal("linux", "mac");
    }

    [Test]
    public async Task Transaction_InsideOfATransaction_IsRefused()
    {
        await Updates.Transaction(async u =>
        {
            await u.Awaiting(inner => inner.Transaction(_ => Task.CompletedTask)).Should().ThrowAsync<InvalidOperationException>();
            await Updates.Awaiting(outer => outer.Transaction(_ => Task.CompletedTask)).Should().ThrowAsync<InvalidOperationException>();
        });

        await Updates.Awaiting(outer => outer.Transaction(_ => Task.CompletedTask)).Should().NotThrowAsync();
    }

    [Test]
    public async Task Transaction_ItsUpdatesAfterItsEnd_AreRefused()
    {
        Updates? kept = null;
        await Updates.Transaction(u =>
        {
            kept = u;
            return Task.CompletedTask;
        });

        await kept!.Awaiting(u => u.FindBuilderId("linux")).Should().ThrowAsync<InvalidOperationException>();

        (await Data.GetAll<Builder>("/builders")).Should().BeEmpty();
    }

    [Test]
    public async Task Transaction_LeavesATaskBehind_WhichCanUpdateAndBeginTransactionsOnceItIsOver()
    {
        var over = new TaskCompletionSource();
        Task<long>? left = null;
        await Updates.Transaction(u =>
        {
            left = Task.Run(async () =>
            {
                await over.Task;
                await Updates.FindBuilderId("linux");
                return await Updates.Transaction(later => later.FindBuilderId("mac"));
            });
            return Task.CompletedTask;
        });

        // Another transaction is none of its business either.
        long[] ids = [.. await Updates.Transaction(async u =>
        {
            over.SetResult();
            return new[] { await u.FindBuilderId("other") };
        }), await left!];

        ids.Should().OnlyHaveUniqueItems();
        (await Data.GetAll<Builder>("/builders")).Should().HaveCount(3);
    }

    [Test]
    public async Task Transaction_OthersMeanwhile_WaitAndThenSucceed()
    {
        long buildId = await Updates.Build();
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        Task transaction = Updates.Transaction(async u =>
        {
            await u.NewStep(buildId, "first");
            begun.SetResult();
            await goOn.Task;
            await u.NewStep(buildId, "second");
        });
        await begun.Task;

        Task<AddedStep>[] others = [.. Enumerable.Range(0, 8).Select(i => Task.Run(() => Updates.NewStep(buildId, "other")))];
        Task<long> later = Updates.Transaction(async u => (await u.NewStep(buildId, "later")).Number);
        ResourceList<Step> meanwhile = await Data.GetAll<Step>("/steps");
        goOn.SetResult();

        await transaction;
        meanwhile.Should().BeEmpty();
        long[] numbers = [.. (await Task.WhenAll(others)).Select(step => step.Number), await later];
        numbers.Order().Should().Equal(2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    [Test]
    public async Task Transaction_TokenIsCancelledBefore_NeverRuns()
    {
        bool ran = false;

        await Updates.Awaiting(updates => updates.Transaction(
            _ =>
            {
                ran = true;
                return Task.CompletedTask;
            },
            new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();

        ran.Should().BeFalse();
    }

    [Test]
    public async Task Transactions_CancelledAnywhere_RanToTheirEndsOrNotAtAll()
    {
        const int Count = 100;
        bool[] ran = new bool[Count];

        bool[] completed = await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Task.Run(async () =>
        {
            using var cancel = new CancellationTokenSource();
            Task<long> transaction = Updates.Transaction(
                async u =>
                {
                    ran[i] = true;
                    await Task.Delay(1);
                    return await u.FindBuilderId($"b{i}");
                },
                cancel.Token);
            if (i % 2 == 0)
                cancel.CancelAfter(i);
            try
            {
                await transaction;
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        })));

        completed.Should().Equal(ran);
        completed.Where((_, i) => i % 2 == 1).Should().AllBeEquivalentTo(true);
        (await Data.Count<Builder>("/builders")).Should().Be(completed.Count(one => one));
    }

    [Test]
    public async Task Transaction_CancelledAfterItHasBegun_RunsToItsEnd()
    {
        using var cancel = new CancellationTokenSource();

        await Updates.Transaction(
            async u =>
            {
                await cancel.CancelAsync();
                await u.FindBuilderId("linux");
            },
            cancel.Token);

        (await Data.GetAll<Builder>("/builders")).Should().ContainSingle();
    }

    [Test]
    public async Task Dispose_DuringATransaction_WaitsForItsEnd()
    {
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        Task transaction = Updates.Transaction(async u =>
        {
            begun.SetResult();
            await goOn.Task;
            await u.FindBuilderId("linux");
        });
        await begun.Task;

        Task disposed = Master.DisposeAsync().AsTask();
        disposed.IsCompleted.Should().BeFalse();
        goOn.SetResult();

        await transaction;
        await disposed.WaitAsync(TimeSpan.FromSeconds(30));
        await Updates.Awaiting(updates => updates.Transaction(_ => Task.CompletedTask)).Should().ThrowAsync<ObjectDisposedException>();
        await using Master again = await Store.Open();
        (await again.Data.GetAll<Builder>("/builders")).Should().ContainSingle();
    }

    [Test]
    public async Task Transaction_ManyAtOnceWithUpdates_KeepNumbersConsecutiveAndEventsTogether()
    {
        long buildId = await Updates.Build();
        Subscription events = Data.Events.Subscribe("/steps/*");

        await Task.WhenAll(Enumerable.Range(0, 64).Select(task => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                string name = $"t{task}-{i}";
                if ((task + i) % 2 == 0)
                {
                    await Updates.NewStep(buildId, name);
                    continue;
                }

                Func<Updates, Task> three = async u =>
                {
                    for (int j = 0; j < 3; j++)
                        await u.NewStep(buildId, name);
                    if (i % 5 == 0)
                        throw new FormatException();
                };
                if (i % 5 == 0)
                    await Updates.Awaiting(updates => updates.Transaction(three)).Should().ThrowAsync<FormatException>();
                else
                    await Updates.Transaction(three);
            }
        })));

        ResourceList<Step> steps = await Data.GetAll<Step>($"/builds/{buildId}/steps");
        steps.Select(step => step.Number).Should().Equal(Enumerable.Range(0, steps.Count).Select(number => (long)number));
        steps.Should().HaveCount((64 * 5) + (64 * 4 * 3), "five of each ten are updates, and four transactions of three");
        await Master.DisposeAsync();
        List<DataEvent> announced = await events.Rest();
        announced.Select(e => e.Resource).Should().Equal(steps);
        announced.Select(e => e.Sequence).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        string[] names = [.. steps.Select(step => step.Name)];
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i].EndsWith("_2", StringComparison.Ordinal))
                names[(i - 2)..i].Should().Equal([names[i][..^2], names[i][..^1] + "1"], "a transaction's updates have nothing between them");
        }
    }

    [Test]
    public async Task Transaction_ConcurrentCallsInside_AllSucceed()
    {
        long buildId = await Updates.Build();

        AddedStep[] steps = await Updates.Transaction(u =>
            Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => u.NewStep(buildId, "s")))));

        steps.Select(step => step.Number).Order().Should().Equal(Enumerable.Range(0, 200).Select(number => (long)number));
        (await Data.Count<Step>("/steps")).Should().Be(200);
    }

    [Test]
    public async Task Transaction_FirstUseOfTheMaster_OpensTheStore()
    {
        await Master.DisposeAsync();
        var options = new BuildDataOptions();
        Store.Use(options);
        await using var master = new Master(options);

        long id = await master.Data.Updates.Transaction(u => u.FindBuilderId("linux"));

        id.Should().Be(1);
    }

    [Test]
    public async Task Transaction_LastsTooLong_IsUndoneAndLetsOthersGoOn()
    {
        long buildId = await Updates.Build();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goesOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task transaction = Updates.Transaction(async u =>
        {
            await u.SetBuildStateString(buildId, "never");
            began.SetResult();
            await goesOn.Task;
            await u.SetBuildStateString(buildId, "never either");
        });
        await began.Task.WaitAsync(Given.Patience);

        Clock.Advance(TimeSpan.FromMinutes(6));

        await Updates.SetBuildStateString(buildId, "after").WaitAsync(Given.Patience);
        goesOn.SetResult();
        await transaction.Awaiting(task => task).Should().ThrowAsync<StoreException>().WithMessage("*TransactionTimeout*");
        (await Data.Get<Build>($"/builds/{buildId}"))!.StateString.Should().Be("after");
    }

    [Test]
    public async Task Dispose_ATransactionNeverEnds_EndsAfterItsTime()
    {
        long buildId = await Updates.Build();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var never = new CancellationTokenSource();
        Task transaction = Updates.Transaction(async u =>
        {
            await u.SetBuildStateString(buildId, "never");
            began.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, never.Token);
        });
        await began.Task.WaitAsync(Given.Patience);
        Task dispose = Master.DisposeAsync().AsTask();

        Clock.Advance(TimeSpan.FromMinutes(6));

        await dispose.WaitAsync(Given.Patience);
        await never.CancelAsync();
        await transaction.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Transaction_NoFunction_IsRefused() =>
        await Updates.Awaiting(updates => updates.Transaction(null!)).Should().ThrowAsync<ArgumentNullException>();
}
