using BuildData.AspNetCore.Dashboard.Pages;
using Microsoft.Extensions.Logging;

namespace BuildData.AspNetCore.Dashboard.Live;

/// <summary>Holds the pages that somebody views. Thread-safe.</summary>
internal sealed class LivePages(DashboardReader reader, TimeProvider clock, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<DashboardPage, LivePage> _pages = [];

    /// <summary>Gets the number of pages that are read.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _pages.Count;
        }
    }

    /// <summary>Adds a viewer to a page. Its first viewer starts it.</summary>
    public LivePage Join(DashboardPage page)
    {
        lock (_lock)
        {
            if (!_pages.TryGetValue(page, out LivePage? live) || live.Look().HasEnded)
            {
                live = new LivePage(page, reader, clock, logger);
                _pages[page] = live;
                live.Start();
            }

            live.ViewerCount++;
            return live;
        }
    }

    /// <summary>Removes a viewer from a page. Its last viewer stops it.</summary>
    public async Task Leave(LivePage live)
    {
        lock (_lock)
        {
            if (--live.ViewerCount > 0)
                return;
            if (_pages.TryGetValue(live.Page, out LivePage? current) && current == live)
                _pages.Remove(live.Page);
        }

        await live.DisposeAsync().ConfigureAwait(false);
    }
}
