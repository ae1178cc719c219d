using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace BuildData.Tests;

/// <summary>A .NET Generic Host opens the store when it starts, and closes it when it has stopped.</summary>
internal sealed class HostTests
{
    private TempFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task StartAsync_OpenOnStart_OpensTheStoreBeforeOtherHostedServicesStart()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddHostedService<FileWatcher>().AddSingleton(_folder);
        builder.Services.AddBuildData(options => options.UseSqlite(_folder.ConnectionString).OpenOnStart());
        using IHost host = builder.Build();

        await host.StartAsync();

        host.Services.GetServices<IHostedService>().OfType<FileWatcher>().Single().ExistedAtStart.Should().BeTrue();
        await host.StopAsync();
    }

    [Test]
    public async Task StartAsync_WithoutOpenOnStart_DoesNotOpenTheStore()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddBuildData(options => options.UseSqlite(_folder.ConnectionString));
        using IHost host = builder.Build();

        await host.StartAsync();

        File.Exists(_folder.Database).Should().BeFalse();
        await host.StopAsync();
    }

    [Test]
    public async Task StartAsync_StoreCannotBeOpened_Throws()
    {
        await using Master other = await Master.Open(_folder.ConnectionString);
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddBuildData(options => options.UseSqlite(_folder.ConnectionString).OpenOnStart());
        using IHost host = builder.Build();

        await host.Awaiting(h => h.StartAsync()).Should().ThrowAsync<StoreInUseException>();
    }

    [Test]
    public async Task StartAsync_InvalidOption_Throws()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddBuildData(options => options.UseSqlite(_folder.ConnectionString).MaxResults = 0);
        using IHost host = builder.Build();

        await host.Awaiting(h => h.StartAsync()).Should().ThrowAsync<OptionsValidationException>().WithMessage("*MaxResults*");
    }

    [Test]
    public async Task StopAsync_HostedServiceWritesUntilItStops_NothingIsLost()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddHostedService<Writer>();
        builder.Services.AddBuildData(options => options.UseSqlite(_folder.ConnectionString));
        IHost host = builder.Build();
        Writer writer = host.Services.GetServices<IHostedService>().OfType<Writer>().Single();
        await host.StartAsync();
        await writer.HasWritten;

        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();

        await using Master again = await Master.Open(_folder.ConnectionString);
        (await again.Data.GetAll<Builder>("/builders")).Should().HaveCount(writer.Written);
    }

    [Test]
    public async Task StopAsync_BuildsHaveFinished_TracesThemAll()
    {
        string name = $"traced-{Guid.NewGuid()}";
        using var isStopping = new ManualResetEventSlim();
        int traced = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == BuildDataInstrumentation.BuildsActivitySourceName
                && source.Tags!.Contains(new KeyValuePair<string, object?>("builddata.master.name", name)),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ =>
            {
                // Until the host stops, no trace is complete.
                isStopping.Wait();
                traced++;
            },
        };
        ActivitySource.AddActivityListener(listener);
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddBuildData(options => options.UseSqlite(_folder.ConnectionString).TraceBuilds().MasterName = name);
        using IHost host = builder.Build();
        await host.StartAsync();
        Updates updates = host.Services.GetRequiredService<Updates>();
        for (int i = 0; i < 100; i++)
            await updates.FinishBuild(await updates.Build(), BuildResult.Success);

        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(isStopping.Set);
        await host.StopAsync();

        traced.Should().Be(100);
    }

    [Test]
    public async Task Open_WaitForStore_OpensWhenTheOtherProcessHasClosedTheStore()
    {
        Master old = await Master.Open(_folder.ConnectionString);
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        var next = new Master(new BuildDataOptions { TimeProvider = clock }.UseSqlite(_folder.ConnectionString).WaitForStore(TimeSpan.FromHours(1)));
        Task opening = next.Open();
        opening.IsCompleted.Should().BeFalse();

        await old.DisposeAsync();
        while (!opening.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await opening;
        await next.DisposeAsync();
    }

    [Test]
    public async Task Open_WaitForStoreHasPassed_Throws()
    {
        await using Master old = await Master.Open(_folder.ConnectionString);
        var clock = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        await using var next = new Master(new BuildDataOptions { TimeProvider = clock }.UseSqlite(_folder.ConnectionString).WaitForStore(TimeSpan.FromSeconds(5)));

        Task opening = next.Open();
        while (!opening.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await opening.Awaiting(task => task).Should().ThrowAsync<StoreInUseException>();
    }

    [Test]
    public async Task DisposeAsync_WhileTheOpeningWaitsForTheStore_EndsTheWait()
    {
        await using Master old = await Master.Open(_folder.ConnectionString);
        var next = new Master(new BuildDataOptions { TimeProvider = new FakeTimeProvider() }.UseSqlite(_folder.ConnectionString).WaitForStore(TimeSpan.FromHours(1)));
        Task<long> update = next.Data.Updates.FindBuilderId("linux");

        await next.DisposeAsync();

        await update.Awaiting(task => task).Should().ThrowAsync<ObjectDisposedException>();
    }

    [Test]
    public async Task Open_CancelledWhileItWaitsForTheStore_Throws()
    {
        await using Master old = await Master.Open(_folder.ConnectionString);
        await using var next = new Master(new BuildDataOptions { TimeProvider = new FakeTimeProvider() }.UseSqlite(_folder.ConnectionString).WaitForStore(TimeSpan.FromHours(1)));
        using var cancel = new CancellationTokenSource();
        Task opening = next.Open(cancel.Token);

        await cancel.CancelAsync();

        await opening.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    /// <summary>Looks for the database file when the host starts.</summary>
    private sealed class FileWatcher(TempFolder folder) : IHostedService
    {
        public bool ExistedAtStart { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            ExistedAtStart = File.Exists(folder.Database);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Adds builders until the host stops.</summary>
    private sealed class Writer(Updates updates) : BackgroundService
    {
        private readonly TaskCompletionSource _hasWritten = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task HasWritten => _hasWritten.Task;

        public int Written { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await updates.FindBuilderId($"b{Written}", CancellationToken.None);
                Written++;
                _hasWritten.TrySetResult();
            }
        }
    }
}
