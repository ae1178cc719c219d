using System.Text.RegularExpressions;
using BuildData.AspNetCore.Tests.Dashboard;
using BuildData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;

namespace BuildData.AspNetCore.Tests;

/// <summary>
/// Buildbot's own interface as a client, in a browser. The repository does not contain it: the variable BUILDDATA_BUILDBOT_UI names the folder with its
/// built files.
/// </summary>
internal sealed partial class BuildbotPagesTests
{
    private const int KindsOfPages = 17;

    [Test]
    public async Task Pages_ThatLinksLeadTo_HaveNoErrorAndDoNotLoadForEver()
    {
        if (Environment.GetEnvironmentVariable("BUILDDATA_BUILDBOT_UI") is not { Length: > 0 } folder)
        {
            Assert.Ignore("BUILDDATA_BUILDBOT_UI does not name the folder of Buildbot's interface.");
            return;
        }

        await using WebProgram program = await WebProgram.Start(app => app.MapBuildbotUi("/buildbot", folder));
        await AddData(program);
        await using BrowserPage browser = await BrowserPage.Open(program);
        var visited = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(["#/"]);
        List<string> endless = [];

        while (waiting.TryDequeue(out string? route))
        {
            // Pages that differ only in a number or a name are of one kind.
            if (!visited.Add(Variable().Replace(route, "/*")))
                continue;
            await browser.Page.GotoAsync(new Uri(program.Address, "/buildbot/" + route).ToString(), new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
            if (!await IsLoaded(browser.Page))
                endless.Add(route);
            string[] links = await browser.Page.EvaluateAsync<string[]>("Array.from(document.querySelectorAll('a[href^=\"#/\"]'), link => link.getAttribute('href'))");
            foreach (string link in links)
                waiting.Enqueue(link.Split('?')[0]);
        }

        await TestContext.Out.WriteLineAsync($"{visited.Count} kinds of pages: {string.Join(' ', visited.Order())}");
        browser.Faults.Should().BeEmpty();
        endless.Should().BeEmpty();
        visited.Count.Should().BeGreaterThanOrEqualTo(KindsOfPages);
    }

    private static async Task<bool> IsLoaded(IPage page)
    {
        try
        {
            await page.WaitForFunctionAsync("() => document.body.innerText.trim().length > 0 && !/loading/i.test(document.body.innerText)", null, new PageWaitForFunctionOptions { Timeout = 10_000 });
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static async Task AddData(WebProgram program)
    {
        long builder = await program.Updates.EnsureBuilder("linux");
        await program.Updates.UpdateBuilderList(["linux"]);
        long worker = await program.Updates.EnsureWorker("worker-1");
        await program.Updates.WorkerConfigured(worker, [builder]);
        await program.Updates.WorkerConnected(worker);
        AddedBuildset set = await program.Updates.AddBuildset(
            scheduler: "nightly", reason: "nightly build", builderIds: [builder],
            sourceStamps: [new SourceStampKey { Repository = "https://example.org/app.git", Branch = "main", Revision = "9f3c1e" }]);
        await program.Updates.ClaimBuildRequests([set.BuildRequestIds[builder]]);
        AddedBuild build = await program.Updates.AddBuild(builder, set.BuildRequestIds[builder], worker);
        AddedStep step = await program.Updates.NewStep(build.BuildId, "compile");
        await program.Updates.StartStep(step.StepId);
        AddedLog log = await program.Updates.AddLog(step.StepId, "stdio", LogType.Stdio);
        await program.Updates.AppendLog(log.LogId, "ocompiled 12 files\n");
        await program.Updates.FinishLog(log.LogId);
        await program.Updates.FinishStep(step.StepId, BuildResult.Success, hidden: false);
        await program.Updates.FinishBuild(build.BuildId, BuildResult.Success);
        await program.Updates.CompleteBuildRequests([set.BuildRequestIds[builder]], BuildResult.Success);
        await program.Updates.AddTestBuild("windows");
        await program.Updates.AddTestBuildRequest("linux");
    }

    [GeneratedRegex(@"/(?:\d+|linux|windows|worker-1|compile|stdio)(?=/|$)")]
    private static partial Regex Variable();
}
