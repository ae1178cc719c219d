using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace BuildData.AspNetCore.Tests.Dashboard;

/// <summary>A page in a browser of its own. It notes what must never happen: errors, violations of the policy, and requests to other hosts.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly Uri _address;
    private readonly ConcurrentQueue<string> _faults = [];

    private BrowserPage(IBrowserContext context, IPage page, Uri address)
    {
        _context = context;
        _address = address;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>Gets what must never happen and did.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public static async Task<BrowserPage> Open(WebProgram program, ColorScheme theme = ColorScheme.Light, int width = 1400)
    {
        IBrowser browser = await Chromium.Start();
        IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions { ColorScheme = theme, ViewportSize = new ViewportSize { Width = width, Height = 900 } });
        context.SetDefaultTimeout(30_000);
        await context.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', e => console.error('policy violation: ' + e.violatedDirective + ' ' + e.blockedURI))");
        var opened = new BrowserPage(context, await context.NewPageAsync(), program.Address);
        opened.Listen();
        return opened;
    }

    /// <summary>Goes to an address, and waits until the page shows data.</summary>
    public async Task Show(string path)
    {
        IResponse? response = await Page.GotoAsync(new Uri(_address, path).ToString());
        response!.Status.Should().Be(200);
        await WaitForData();
    }

    public async Task WaitForData()
    {
        await Page.Locator("main:not(:has(.loading))").WaitForAsync();
        await Page.Locator("#connection.live").WaitForAsync();
    }

    /// <summary>Returns the serious findings of axe-core.</summary>
    public async Task<IReadOnlyList<string>> FindBarriers()
    {
        Deque.AxeCore.Commons.AxeResult result = await Page.RunAxe();
        return [.. result.Violations
            .Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{violation.Id}: {violation.Help} at {string.Join(", ", violation.Nodes.Take(3).Select(node => $"{node.Target} {node.Html}"))}")];
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Listen()
    {
        Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _faults.Enqueue($"console: {message.Text}");
        };
        Page.PageError += (_, error) => _faults.Enqueue($"error: {error}");
        Page.Dialog += (_, dialog) =>
        {
            _faults.Enqueue($"dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        Page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(_address.ToString(), StringComparison.Ordinal))
                _faults.Enqueue($"request: {request.Url}");
        };
    }
}
