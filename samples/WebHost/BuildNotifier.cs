namespace BuildData.Samples.WebHost;

/// <summary>Notifies of every finished build. After a restart, it continues where it stopped.</summary>
internal sealed class BuildNotifier(EventHub events, IConfiguration configuration, ILogger<BuildNotifier> logger) : BackgroundService
{
    private readonly string _cursorFile = configuration.GetValue("CursorFile", "builds.db-cursor");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await Notify(stoppingToken);
                return;
            }
            catch (Exception e) when (e is CursorExpiredException or EventsLostException)
            {
                Log.NotificationsLost(logger, e);
                await StoreCursor(events.LastCursor);
            }
        }
    }

    private async Task Notify(CancellationToken stoppingToken)
    {
        // Without a cursor, it begins with the first build.
        EventCursor cursor = File.Exists(_cursorFile) ? EventCursor.Parse(await File.ReadAllTextAsync(_cursorFile, stoppingToken)) : 0;
        await foreach (DataEvent<Build> e in events.Subscribe<Build>("/builds/*", after: cursor, "finished").WithCancellation(stoppingToken))
        {
            Log.BuildFinished(logger, e.Resource.Number, e.Resource.Results);
            await StoreCursor(e.Cursor);
        }
    }

    // The file is replaced as a whole, so a crash leaves the old cursor or the new one.
    private async Task StoreCursor(EventCursor cursor)
    {
        await File.WriteAllTextAsync(_cursorFile + "-new", cursor.ToString());
        File.Move(_cursorFile + "-new", _cursorFile, overwrite: true);
    }
}
