namespace BuildData.Analyzers.Tests;

internal sealed class IgnoredClaimResultAnalyzerTests
{
    [TestCase("""await {|BD0003:updates.ClaimBuildRequests([id])|};""")]
    [TestCase("""await {|BD0003:updates.CompleteBuildRequests([id], BuildResult.Success)|};""")]
    [TestCase("""await {|BD0003:master.Data.Updates.ClaimBuildRequests([id])|}.ConfigureAwait(false);""")]
    [TestCase("""await {|BD0003:updates.ClaimBuildRequests([id])|}.WaitAsync(TimeSpan.FromSeconds(1));""")]
    [TestCase("""{|BD0003:updates.ClaimBuildRequests([id])|}.Wait();""")]
    [TestCase("""{|BD0003:updates.ClaimBuildRequests([id])|}.GetAwaiter().GetResult();""")]
    [TestCase("""{|BD0003:updates.ClaimBuildRequests([id])|};""")]
    [TestCase("""if (id > 0) await {|BD0003:updates.ClaimBuildRequests([id])|};""")]
    [TestCase("""Func<Task> claim = async () => await {|BD0003:updates.ClaimBuildRequests([id])|};""")]
    [TestCase("""await updates.Transaction(async u => { await {|BD0003:u.ClaimBuildRequests([id])|}; });""")]
    public Task Result_IsIgnored_IsReported(string statements) => Verify.Reports<IgnoredClaimResultAnalyzer>(Code.With(statements));

    [TestCase("""if (!await updates.ClaimBuildRequests([id])) return;""")]
    [TestCase("""bool claimed = await updates.ClaimBuildRequests([id]);""")]
    [TestCase("""var claim = await updates.ClaimBuildRequests([id]).ConfigureAwait(false);""")]
    [TestCase("""Console.WriteLine(await updates.CompleteBuildRequests([id], BuildResult.Success));""")]
    [TestCase("""_ = await updates.ClaimBuildRequests([id]);""")]
    [TestCase("""_ = updates.ClaimBuildRequests([id]);""")]
    [TestCase("""Task<BuildRequestsResult> claim = updates.ClaimBuildRequests([id]); await claim;""")]
    [TestCase("""await Task.WhenAll(updates.ClaimBuildRequests([id]));""")]
    [TestCase("""Wait(updates.ClaimBuildRequests([id])); static void Wait(Task task) { }""")]
    [TestCase("""(await updates.ClaimBuildRequests([id])).ToString();""")]
    [TestCase("""bool claimed = updates.ClaimBuildRequests([id]).GetAwaiter().GetResult();""")]
    [TestCase("""Func<Task<BuildRequestsResult>> claim = () => updates.ClaimBuildRequests([id]);""")]
    [TestCase("""Func<Task> claim = () => updates.ClaimBuildRequests([id]);""")]
    [TestCase("""bool claimed = await updates.Transaction(async u => await u.ClaimBuildRequests([id]));""")]
    [TestCase("""await updates.UnclaimBuildRequests([id]);""")]
    [TestCase("""await updates.FindBuilderId(name);""")]
    public Task Result_IsUsedOrOfAnotherMethod_IsNotReported(string statements) => Verify.Reports<IgnoredClaimResultAnalyzer>(Code.With(statements));

    [Test]
    public async Task Message_OfAReport_NamesTheMethod() =>
        (await Analysis.Of(Code.With("await updates.ClaimBuildRequests([id]);")))
            .Should().Equal("BD0003: The result of 'ClaimBuildRequests' is ignored, so the code does not notice that nothing was changed");
}
