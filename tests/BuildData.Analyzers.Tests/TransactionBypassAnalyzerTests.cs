using BuildData.Analyzers.CodeFixes;

namespace BuildData.Analyzers.Tests;

internal sealed class TransactionBypassAnalyzerTests
{
    [TestCase("""await updates.Transaction(async u => { await {|BD0004:updates|}.StartStep(id); });""")]
    [TestCase("""await updates.Transaction(u => {|BD0004:updates|}.StartStep(id));""")]
    [TestCase("""await updates.Transaction(async u => await {|BD0004:updates|}.FindBuilderId(name));""")]
    [TestCase("""await updates.Transaction(async delegate(Updates u) { await {|BD0004:updates|}.StartStep(id); });""")]
    [TestCase("""await updates.Transaction(async (Updates u) => { if (id > 0) { foreach (string a in args) await {|BD0004:updates|}.StartStep(id); } });""")]
    [TestCase("""await updates.Transaction(async u => { await u.StartStep(id); await {|BD0004:updates|}.StartStep(id); });""")]
    [TestCase("""await updates.Transaction(async u => { await {|BD0004:updates|}.Transaction(async v => await v.StartStep(id)); });""")]
    [TestCase("""await master.Data.Updates.Transaction(async u => { await {|BD0004:master.Data.Updates|}.StartStep(id); });""")]
    [TestCase("""await data.Updates.Transaction(async u => { await {|BD0004:data.Updates|}.StartStep(id); });""")]
    [TestCase("""await _updates.Transaction(async u => { await {|BD0004:_updates|}.StartStep(id); });""")]
    [TestCase("""await this._updates.Transaction(async u => { await {|BD0004:_updates|}.StartStep(id); });""")]
    [TestCase("""await Own.Transaction(async u => { await {|BD0004:Own|}.StartStep(id); });""")]
    [TestCase("""var outer = master.Data.Updates; await outer.Transaction(async u => { await {|BD0004:outer|}.StartStep(id); });""")]
    [TestCase("""var outer = master.Data.Updates; await outer.Transaction(async u => { await {|BD0004:master.Data.Updates|}.StartStep(id); });""")]
    [TestCase("""var d = master.Data; await d.Updates.Transaction(async u => { var x = d; await {|BD0004:x.Updates|}.StartStep(id); });""")]
    [TestCase("""await using var m = await Master.Open("x"); var outer = m.Data.Updates; await outer.Transaction(async u => { await {|BD0004:outer|}.StartStep(id); });""")]
    public Task Updates_OfTheirOwnTransaction_AreReported(string statements) => Verify.Reports<TransactionBypassAnalyzer>(Code.With(statements));

    [TestCase("""await updates.Transaction(async u => { await u.StartStep(id); });""")]
    [TestCase("""await updates.Transaction(async u => { var same = u; await same.StartStep(id); });""")]
    [TestCase("""await updates.Transaction(async updates => { await updates.StartStep(id); });""")]
    [TestCase("""await updates.StartStep(id); await updates.Transaction(async u => { await u.StartStep(id); }); await updates.StartStep(id);""")]
    [TestCase("""await master.Data.Updates.Transaction(async u => { await u.StartStep(id); await master.Data.Get<Build>("/builds/1"); });""")]
    public Task Updates_OfTheParameter_AreNotReported(string statements) => Verify.Reports<TransactionBypassAnalyzer>(Code.With(statements));

    [TestCase("""await master.Data.Updates.Transaction(async u => { await otherMaster.Data.Updates.StartStep(id); });""")]
    [TestCase("""await updates.Transaction(async u => { await otherMaster.Data.Updates.StartStep(id); });""")]
    [TestCase("""await updates.Transaction(async u => { await _updates.StartStep(id); });""")]
    [TestCase("""await Current.Transaction(async u => { await Current.StartStep(id); });""")]
    [TestCase("""var x = master.Data.Updates; x = otherMaster.Data.Updates; await x.Transaction(async u => { await x.StartStep(id); });""")]
    [TestCase("""var x = updates; await x.Transaction(async u => { x = otherMaster.Data.Updates; await x.StartStep(id); });""")]
    [TestCase("""await Next().Transaction(async u => { await Next().StartStep(id); }); Updates Next() => master.Data.Updates;""")]
    [TestCase("""Master[] all = [master, otherMaster]; await all[0].Data.Updates.Transaction(async u => { await all[1].Data.Updates.StartStep(id); });""")]
    public Task Updates_ThatCanBeOfAnotherMaster_AreNotReported(string statements) => Verify.Reports<TransactionBypassAnalyzer>(Code.With(statements));

    // These functions can run after the transaction.
    [TestCase("""var later = new List<Func<Task>>(); await updates.Transaction(async u => { later.Add(() => updates.StartStep(id)); await u.StartStep(id); });""")]
    [TestCase("""Func<Task>? later = null; await updates.Transaction(async u => { later = Later; await u.StartStep(id); Task Later() => updates.StartStep(id); });""")]
    [TestCase("""await updates.Transaction(Run); async Task Run(Updates u) { await updates.StartStep(id); }""")]
    public Task Updates_InAFunctionOfItsOwn_AreNotReported(string statements) => Verify.Reports<TransactionBypassAnalyzer>(Code.With(statements));

    [Test]
    public async Task Message_OfAReport_NamesTheParameter() =>
        (await Analysis.Of(Code.With("await data.Updates.Transaction(async u => { await data.Updates.StartStep(id); });")))
            .Should().Equal("BD0004: 'data.Updates' is used inside its own transaction, where its methods throw: use the parameter 'u'");

    [TestCase(
        """await updates.Transaction(async u => { await {|BD0004:updates|}.StartStep(id); await {|BD0004:updates|}.FinishStep(id, BuildResult.Success, hidden: false); });""",
        """await updates.Transaction(async u => { await u.StartStep(id); await u.FinishStep(id, BuildResult.Success, hidden: false); });""")]
    [TestCase(
        """await master.Data.Updates.Transaction(async (Updates u) => { await {|BD0004:master.Data.Updates|}.StartStep(id); });""",
        """await master.Data.Updates.Transaction(async (Updates u) => { await u.StartStep(id); });""")]
    [TestCase(
        """await updates.Transaction(async delegate(Updates u) { await {|BD0004:updates|}.StartStep(id); });""",
        """await updates.Transaction(async delegate(Updates u) { await u.StartStep(id); });""")]
    public Task Fix_OfOuterUpdates_UsesTheParameter(string statements, string expected) =>
        Verify.Fixes<TransactionBypassAnalyzer, TransactionBypassCodeFix>(Code.With(statements), Code.With(expected));

    [TestCase("""await updates.Transaction(async delegate { await {|BD0004:updates|}.StartStep(id); });""")]
    [TestCase("""await updates.Transaction(async u => { await {|BD0004:updates|}.Transaction(async v => await v.StartStep(id)); });""")]
    public Task Fix_WithoutAParameterThatHelps_IsNotOffered(string statements) =>
        Verify.FixesNothing<TransactionBypassAnalyzer, TransactionBypassCodeFix>(Code.With(statements));
}
