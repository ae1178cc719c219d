using Microsoft.Playwright;

namespace BuildData.AspNetCore.Tests.Dashboard;

/// <summary>Runs Debian's Chromium for the tests of this namespace.</summary>
[SetUpFixture]
internal sealed class Chromium
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly SemaphoreSlim Starting = new(1, 1);
    private static IPlaywright? _playwright;
    private static IBrowser? _browser;

    private static string? Program => Environment.GetEnvironmentVariable("BUILDDATA_CHROMIUM") is { Length: > 0 } place ? place : Array.Find(Places, File.Exists);

    /// <summary>Returns the browser. Skips the test if there is none, or fails it if BUILDDATA_REQUIRE_CHROMIUM is set.</summary>
    public static async Task<IBrowser> Start()
    {
        if (Program is null)
        {
            const string Missing = "Chromium is not on this machine. Install the package chromium, or set BUILDDATA_CHROMIUM to its path.";
            if (Environment.GetEnvironmentVariable("BUILDDATA_REQUIRE_CHROMIUM") is { Length: > 0 })
                Assert.Fail(Missing);
            Assert.Ignore(Missing);
        }

        await Starting.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        }
        finally
        {
            Starting.Release();
        }
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
